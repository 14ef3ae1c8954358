// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What a contract implements to receive proven outputs from the market.
interface IInferenceConsumer {
    /// @notice Called by the market with the output of a request that named this contract as callback.
    /// @dev Anyone may name any contract as callback: check that `msg.sender` is the market and that `requestId` is a request
    /// of your own (`InferenceConsumer` does both). A revert is recorded by the market and anyone may retry.
    /// @param requestId The request that was settled.
    /// @param modelId The model that produced the output.
    /// @param output The packed output, as the verifier checked it.
    function onInference(bytes32 requestId, bytes32 modelId, bytes calldata output) external;
}
