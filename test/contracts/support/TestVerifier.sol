// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IGavelVerifier} from "../../../contracts/interfaces/IGavelVerifier.sol";

/// Stands in for a generated verifier where only the market is under test: its proofs are keyed digests of the whole statement, so
/// that a market passing on a wrong input, output or context is caught.
contract TestVerifier is IGavelVerifier {
    bytes32 public immutable vkDigest;

    error ProofInvalid();

    constructor(bytes32 vkDigest_) {
        vkDigest = vkDigest_;
    }

    function verify(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256)
    {
        if (keccak256(proof) != keccak256(prove(input, output, context))) revert ProofInvalid();
        return 1;
    }

    function prove(bytes calldata input, bytes calldata output, bytes32 context) public view returns (bytes memory) {
        return abi.encode(keccak256(abi.encode(vkDigest, input, output, context)));
    }
}

/// Answers `answer` to everything, or burns all gas.
contract OddVerifier {
    bytes32 public constant vkDigest = bytes32(uint256(0x0dd));
    uint256 public answer;
    bool public burns;

    function set(uint256 answer_, bool burns_) external {
        (answer, burns) = (answer_, burns_);
    }

    function verify(bytes calldata, bytes calldata, bytes calldata, bytes32) external view returns (uint256) {
        if (burns) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        return answer;
    }
}
