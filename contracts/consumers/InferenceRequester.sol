// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {RequestParams} from "../types/Request.sol";

/// @title What consumers by callback and consumers by pull share
/// @notice It opens requests and remembers which of them wait for an output.
abstract contract InferenceRequester {
    /// @notice The market that requests are opened in.
    IRequestMarket public immutable market;

    /// @notice The model of a request of this contract that no output has reached yet; else zero.
    mapping(bytes32 requestId => bytes32 modelId) public pendingModel;

    /// @notice Thrown when the output belongs to a request that this contract did not open, or that was delivered already.
    error NotPending(bytes32 requestId);

    constructor(IRequestMarket market_) {
        market = market_;
    }

    /// @dev Acts on an output, once per request.
    function _onInference(bytes32 requestId, bytes32 modelId, bytes calldata output) internal virtual;

    /// @dev Takes the request off the waiting list.
    function _takePending(bytes32 requestId) internal returns (bytes32 modelId) {
        modelId = pendingModel[requestId];
        if (modelId == 0) revert NotPending(requestId);
        delete pendingModel[requestId];
    }

    /// @dev Opens a request with `fee` wei of this contract's balance. A fee that expires unearned goes to `refundee`.
    function _open(RequestParams memory params, bytes calldata input, uint256 fee)
        internal
        returns (bytes32 requestId)
    {
        requestId = market.submit{value: fee}(params, input);
        pendingModel[requestId] = params.modelId;
    }
}
