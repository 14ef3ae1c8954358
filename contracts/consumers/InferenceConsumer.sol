// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceConsumer} from "../interfaces/IInferenceConsumer.sol";
import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {RequestParams} from "../types/Request.sol";
import {InferenceRequester} from "./InferenceRequester.sol";

/// @title Base of contracts that the market calls with proven outputs
/// @notice Only the market passes `onInference`, and only with a request this contract opened itself: anyone may open a request
/// of their own model and name this contract as its callback.
abstract contract InferenceConsumer is IInferenceConsumer, InferenceRequester {
    /// @notice Thrown when the caller is not the market.
    error NotMarket(address caller);

    constructor(IRequestMarket market_) InferenceRequester(market_) {}

    modifier onlyMarket() {
        if (msg.sender != address(market)) revert NotMarket(msg.sender);
        _;
    }

    /// @inheritdoc IInferenceConsumer
    /// @dev A revert of `_onInference` undoes everything here and leaves the callback to be retried by anyone.
    function onInference(bytes32 requestId, bytes32 modelId, bytes calldata output) external onlyMarket {
        _takePending(requestId);
        _onInference(requestId, modelId, output);
    }

    /// @dev Opens a request that calls back here, with `fee` wei of this contract's balance.
    function _request(
        bytes32 modelId,
        bytes calldata input,
        uint256 fee,
        uint32 callbackGasLimit,
        uint40 deadline,
        address refundee
    ) internal returns (bytes32 requestId) {
        return _open(RequestParams(modelId, refundee, address(this), callbackGasLimit, deadline), input, fee);
    }
}
