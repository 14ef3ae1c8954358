// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IGavelVerifier} from "./IGavelVerifier.sol";

/// @notice A verifier that leaves its pairing to the caller, so that many proofs can share one. Generated verifiers are.
interface IBatchableVerifier is IGavelVerifier {
    /// @notice Every check of `verify` but the pairing; reverts where it does.
    /// @return words A (x, y), [1]_2 (four words), pi (x, y), -[tau]_2 (four words): the proof is valid if and only if the pairing
    /// precompile answers 1 to them.
    function pairingInput(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256[12] memory words);
}
