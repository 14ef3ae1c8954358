// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Request} from "../types/Request.sol";

/**
 * requestId = (keccak256(abi.encode(chainId, market, request)) with its low 32 bits replaced by the index)
 *
 * The index is the request's place in the market's dense counter.
 */
library RequestId {
    uint256 internal constant INDEX_MASK = 0xffffffff;

    /// @dev Call from the market itself: `address(this)` is part of the id.
    function derive(Request memory request, uint256 index) internal view returns (bytes32 requestId) {
        // keccak256(abi.encode(block.chainid, address(this), request)); a struct of nine static fields is nine words in memory.
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, chainid())
            mstore(add(buffer, 0x20), address())
            mcopy(add(buffer, 0x40), request, 0x120)
            requestId := or(and(keccak256(buffer, 0x160), not(INDEX_MASK)), index)
        }
    }

    /// @dev The same for terms shown again. Words out of their type's range give another id, so they need no check.
    function deriveAgain(Request calldata request, uint256 index) internal view returns (bytes32 requestId) {
        // As above, from calldata.
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, chainid())
            mstore(add(buffer, 0x20), address())
            calldatacopy(add(buffer, 0x40), request, 0x120)
            requestId := or(and(keccak256(buffer, 0x160), not(INDEX_MASK)), index)
        }
    }

    function indexOf(bytes32 requestId) internal pure returns (uint256) {
        return uint256(requestId) & INDEX_MASK;
    }
}
