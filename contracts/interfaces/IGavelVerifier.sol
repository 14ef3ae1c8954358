// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice A verifier generated for one model. `input` and `output` are packed byte strings whose sizes the model fixes.
interface IGavelVerifier {
    /// @notice Keccak-based digest of the verifying key.
    function vkDigest() external view returns (bytes32);

    /// @notice Reverts unless `proof` shows that the model maps `input` to `output` for this `context`.
    /// @return one Always 1.
    function verify(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256 one);
}
