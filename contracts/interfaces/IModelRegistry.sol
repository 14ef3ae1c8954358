// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ModelRecord} from "../types/ModelRecord.sol";

/// @notice What registers a model. `family` is zero for the first version, else the family the new version joins.
struct ModelParams {
    address verifier;
    bytes32 vkDigest;
    uint32 inputBytes;
    uint32 outputBytes;
    bytes32 family;
    bytes32 metadataHash;
    string metadataURI;
}

/// @notice A registered model version.
struct Model {
    address verifier;
    uint32 inputBytes;
    uint32 outputBytes;
    uint24 version;
    bool deprecated;
    address owner;
    bytes32 vkDigest;
    bytes32 family;
    bytes32 metadataHash;
    string metadataURI;
}

/// @notice Models, their verifiers and their versions. Anyone may register; a version never changes, except to be deprecated.
/// @dev modelId = keccak256(abi.encode(chainId, registry, owner, family, version, verifier, vkDigest, inputBytes, outputBytes)),
/// with family zero for a first version. The id of a first version is the id of its family.
interface IModelRegistry {
    /// @notice A model version was registered.
    event ModelRegistered(
        bytes32 indexed modelId,
        bytes32 indexed family,
        address indexed owner,
        uint24 version,
        address verifier,
        bytes32 vkDigest,
        uint32 inputBytes,
        uint32 outputBytes,
        bytes32 metadataHash,
        string metadataURI
    );

    /// @notice A model version takes no new requests in markets that have synced it.
    event ModelDeprecated(bytes32 indexed modelId);

    /// @notice The owner of a family offered it to `to`.
    event FamilyOffered(bytes32 indexed family, address indexed from, address indexed to);

    /// @notice A family changed hands.
    event FamilyTransferred(bytes32 indexed family, address indexed from, address indexed to);

    /// @notice Thrown when the verifier reports another verifying key.
    error VkDigestMismatch(bytes32 expected, bytes32 actual);

    /// @notice Thrown when the verifier address has no code.
    error VerifierHasNoCode(address verifier);

    /// @notice Thrown when a model has no output bytes: its proofs would show nothing. Private inputs have no input bytes.
    error EmptyModel();

    /// @notice Thrown when the same owner registers the same model twice.
    error ModelExists(bytes32 modelId);

    /// @notice Thrown when no such model is registered.
    error UnknownModel(bytes32 modelId);

    /// @notice Thrown when no such family is registered.
    error UnknownFamily(bytes32 family);

    /// @notice Thrown when the model is deprecated already.
    error AlreadyDeprecated(bytes32 modelId);

    /// @notice Thrown when the caller is not the owner of the family.
    error NotFamilyOwner(bytes32 family, address caller);

    /// @notice Thrown when the caller was not offered the family.
    error NotOffered(bytes32 family, address caller);

    /// @notice Registers a model version owned by the caller.
    function register(ModelParams calldata params) external returns (bytes32 modelId);

    /// @notice Marks a version as deprecated for good and tells the given markets at once.
    function deprecate(bytes32 modelId, address[] calldata markets) external;

    /// @notice Offers a family to a new owner, who accepts. Zero withdraws the offer.
    function offerFamily(bytes32 family, address to) external;

    /// @notice Takes a family that was offered to the caller.
    function acceptFamily(bytes32 family) external;

    /// @notice The packed record a market keeps; reverts for an unknown model.
    function recordOf(bytes32 modelId) external view returns (ModelRecord);

    /// @notice Everything known of a model; reverts for an unknown model.
    function getModel(bytes32 modelId) external view returns (Model memory);

    /// @notice The newest version of a family that is not necessarily active; zero for an unknown family.
    function latestOf(bytes32 family) external view returns (bytes32 modelId);

    /// @notice The owner of a family; zero for an unknown family.
    function ownerOf(bytes32 family) external view returns (address);

    /// @notice How many models were registered.
    function modelCount() external view returns (uint256);

    /// @notice The ids of models [from, to), in order of registration, cut to those that exist.
    function getModels(uint256 from, uint256 to) external view returns (bytes32[] memory modelIds);
}
