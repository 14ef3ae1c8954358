// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {RequestParams} from "../types/Request.sol";
import {InferenceRequester} from "./InferenceRequester.sol";

/// @title Base of contracts that fetch proven outputs themselves
/// @notice The market calls nothing. It keeps the hash of the output, and whoever wants this contract to act shows the output,
/// which the event `RequestSettled` carries.
abstract contract InferenceReader is InferenceRequester {
    /// @notice Thrown when `output` is not the settled output of the request, or the request is not settled.
    error NotSettledOutput(bytes32 requestId, bytes32 resultHash);

    constructor(IRequestMarket market_) InferenceRequester(market_) {}

    /// @notice Acts on the output of a settled request. Anyone may call it.
    function collect(bytes32 requestId, bytes calldata output) external {
        bytes32 modelId = _takePending(requestId);
        bytes32 hash = market.resultHash(requestId);
        // An unsettled request has hash zero, which no output has.
        if (hash != keccak256(output)) revert NotSettledOutput(requestId, hash);
        _onInference(requestId, modelId, output);
    }

    /// @dev Opens a request whose result this contract will collect, with `fee` wei of this contract's balance.
    function _request(bytes32 modelId, bytes calldata input, uint256 fee, uint40 deadline, address refundee)
        internal
        returns (bytes32 requestId)
    {
        return _open(RequestParams(modelId, refundee, address(0), 0, deadline), input, fee);
    }
}
