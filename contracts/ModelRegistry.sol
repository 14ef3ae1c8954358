// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IGavelVerifier} from "./interfaces/IGavelVerifier.sol";
import {IModelRegistry, Model, ModelParams} from "./interfaces/IModelRegistry.sol";
import {IRequestMarket} from "./interfaces/IRequestMarket.sol";
import {ModelRecord, ModelRecordLibrary} from "./types/ModelRecord.sol";

/// @title Model registry
contract ModelRegistry is IModelRegistry {
    struct Family {
        address owner;
        uint24 versions;
        address offeredTo;
        bytes32 latest;
    }

    struct Details {
        bytes32 vkDigest;
        bytes32 family;
        bytes32 metadataHash;
        string metadataURI;
    }

    mapping(bytes32 modelId => ModelRecord) private _records;
    mapping(bytes32 modelId => Details) private _details;
    mapping(bytes32 family => Family) private _families;
    bytes32[] private _modelIds;

    /// @inheritdoc IModelRegistry
    function register(ModelParams calldata params) external returns (bytes32 modelId) {
        if (params.outputBytes == 0) revert EmptyModel();
        if (params.verifier.code.length == 0) revert VerifierHasNoCode(params.verifier);
        bytes32 digest = IGavelVerifier(params.verifier).vkDigest();
        if (digest != params.vkDigest) revert VkDigestMismatch(params.vkDigest, digest);

        bytes32 family = params.family;
        if (family != 0) _requireOwner(family);
        uint24 version = _families[family].versions + 1;
        modelId = _idOf(params, version);
        if (_records[modelId].exists()) revert ModelExists(modelId);
        if (family == 0) {
            family = modelId;
            _families[family].owner = msg.sender;
        }

        _families[family].versions = version;
        _families[family].latest = modelId;
        _records[modelId] =
            ModelRecordLibrary.pack(params.verifier, params.inputBytes, params.outputBytes, version);
        _details[modelId] = Details(digest, family, params.metadataHash, params.metadataURI);
        _modelIds.push(modelId);
        _emitRegistered(modelId, family, version, params);
    }

    /// @inheritdoc IModelRegistry
    function deprecate(bytes32 modelId, address[] calldata markets) external {
        ModelRecord record = recordOf(modelId);
        _requireOwner(_details[modelId].family);
        if (!record.isActive()) revert AlreadyDeprecated(modelId);
        _records[modelId] = record.deprecate();
        emit ModelDeprecated(modelId);
        for (uint256 i = 0; i < markets.length; ++i) {
            IRequestMarket(markets[i]).syncModel(modelId);
        }
    }

    /// @inheritdoc IModelRegistry
    function offerFamily(bytes32 family, address to) external {
        _requireOwner(family);
        _families[family].offeredTo = to;
        emit FamilyOffered(family, msg.sender, to);
    }

    /// @inheritdoc IModelRegistry
    function acceptFamily(bytes32 family) external {
        Family storage entry = _families[family];
        if (entry.offeredTo != msg.sender) revert NotOffered(family, msg.sender);
        emit FamilyTransferred(family, entry.owner, msg.sender);
        entry.owner = msg.sender;
        entry.offeredTo = address(0);
    }

    /// @inheritdoc IModelRegistry
    function recordOf(bytes32 modelId) public view returns (ModelRecord record) {
        record = _records[modelId];
        if (!record.exists()) revert UnknownModel(modelId);
    }

    /// @inheritdoc IModelRegistry
    function getModel(bytes32 modelId) external view returns (Model memory) {
        ModelRecord record = recordOf(modelId);
        Details storage details = _details[modelId];
        return Model({
            verifier: record.verifier(),
            inputBytes: record.inputBytes(),
            outputBytes: record.outputBytes(),
            version: record.version(),
            deprecated: !record.isActive(),
            owner: _families[details.family].owner,
            vkDigest: details.vkDigest,
            family: details.family,
            metadataHash: details.metadataHash,
            metadataURI: details.metadataURI
        });
    }

    /// @inheritdoc IModelRegistry
    function latestOf(bytes32 family) external view returns (bytes32) {
        return _families[family].latest;
    }

    /// @inheritdoc IModelRegistry
    function ownerOf(bytes32 family) external view returns (address) {
        return _families[family].owner;
    }

    /// @inheritdoc IModelRegistry
    function modelCount() external view returns (uint256) {
        return _modelIds.length;
    }

    /// @inheritdoc IModelRegistry
    function getModels(uint256 from, uint256 to) external view returns (bytes32[] memory modelIds) {
        if (to > _modelIds.length) to = _modelIds.length;
        if (from >= to) return modelIds;
        modelIds = new bytes32[](to - from);
        for (uint256 i = from; i < to; ++i) {
            modelIds[i - from] = _modelIds[i];
        }
    }

    function _idOf(ModelParams calldata params, uint24 version) private view returns (bytes32) {
        return keccak256(
            abi.encode(
                block.chainid,
                address(this),
                msg.sender,
                params.family,
                version,
                params.verifier,
                params.vkDigest,
                params.inputBytes,
                params.outputBytes
            )
        );
    }

    function _emitRegistered(bytes32 modelId, bytes32 family, uint24 version, ModelParams calldata params) private {
        emit ModelRegistered(
            modelId,
            family,
            msg.sender,
            version,
            params.verifier,
            params.vkDigest,
            params.inputBytes,
            params.outputBytes,
            params.metadataHash,
            params.metadataURI
        );
    }

    function _requireOwner(bytes32 family) private view {
        address owner = _families[family].owner;
        if (owner == address(0)) revert UnknownFamily(family);
        if (owner != msg.sender) revert NotFamilyOwner(family, msg.sender);
    }
}
