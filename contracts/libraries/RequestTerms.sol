// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Request, RequestParams} from "../types/Request.sol";

/// Makes a request's terms of what its requester chose: one copy and one range check instead of one per field, about 300 gas less.
library RequestTerms {
    /// @notice Thrown when an address, a gas limit or a deadline has bits outside its type.
    error ParamsMalformed();

    /// @return request With the requester as refundee where the parameters name none; every field within its type's range.
    function make(
        RequestParams calldata params,
        address requester,
        bytes32 optionsHash,
        bytes32 inputHash,
        uint96 fee
    ) internal pure returns (Request memory request) {
        bool inRange;
        // request = Request(requester, params.modelId, optionsHash, inputHash, params.refundee or requester, params.callback,
        //     params.callbackGasLimit, params.deadline, fee), with the compiler's range checks of the four middle words
        assembly ("memory-safe") {
            request := mload(0x40)
            mstore(0x40, add(request, 0x120))
            mstore(request, requester)
            mstore(add(request, 0x20), calldataload(params))
            mstore(add(request, 0x40), optionsHash)
            mstore(add(request, 0x60), inputHash)
            calldatacopy(add(request, 0x80), add(params, 0x20), 0x80)
            mstore(add(request, 0x100), fee)
            let refundee := mload(add(request, 0x80))
            if iszero(refundee) { mstore(add(request, 0x80), requester) }
            inRange := iszero(
                or(
                    or(shr(160, refundee), shr(160, mload(add(request, 0xa0)))),
                    or(shr(32, mload(add(request, 0xc0))), shr(40, mload(add(request, 0xe0))))
                )
            )
        }
        if (!inRange) revert ParamsMalformed();
    }
}
