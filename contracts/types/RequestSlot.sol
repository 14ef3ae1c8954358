// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Status} from "./Request.sol";

/**
 * The one storage word of a request, kept under its index:
 *
 * 224 bits commitment | 13 bits empty | 1 bit locked | 1 bit cancelled | 1 bit bumped | 8 bits empty | 8 bits status
 *
 * The request id is the same commitment followed by the 32 bit index, so an id alone finds its word and the word alone gives
 * back its id. Two requests never share an id, as indices are dense. For one index, a second set of terms with the same
 * commitment costs 2^112 hashes to find by collision and 2^224 by second preimage.
 */
type RequestSlot is bytes32;

using RequestSlotLibrary for RequestSlot global;

library RequestSlotLibrary {
    uint256 internal constant COMMITMENT_MASK = ~uint256(0xffffffff);
    uint256 internal constant BUMPED = 1 << 16;
    uint256 internal constant CANCELLED = 1 << 17;
    uint256 internal constant LOCKED = 1 << 18;

    function open(bytes32 requestId) internal pure returns (RequestSlot) {
        return RequestSlot.wrap(bytes32((uint256(requestId) & COMMITMENT_MASK) | uint256(Status.Open)));
    }

    function idAt(RequestSlot self, uint256 index) internal pure returns (bytes32) {
        return bytes32((uint256(RequestSlot.unwrap(self)) & COMMITMENT_MASK) | index);
    }

    /// @dev `None` when the word belongs to another id of the same index, or to none.
    function statusOf(RequestSlot self, bytes32 requestId) internal pure returns (Status) {
        uint256 word = uint256(RequestSlot.unwrap(self));
        if ((word ^ uint256(requestId)) & COMMITMENT_MASK != 0) return Status.None;
        return Status(word & 0xff);
    }

    function status(RequestSlot self) internal pure returns (Status) {
        return Status(uint256(RequestSlot.unwrap(self)) & 0xff);
    }

    function withStatus(RequestSlot self, Status to) internal pure returns (RequestSlot) {
        return RequestSlot.wrap(bytes32((uint256(RequestSlot.unwrap(self)) & ~uint256(0xff)) | uint256(to)));
    }

    function has(RequestSlot self, uint256 flag) internal pure returns (bool) {
        return uint256(RequestSlot.unwrap(self)) & flag != 0;
    }

    function withFlag(RequestSlot self, uint256 flag) internal pure returns (RequestSlot) {
        return RequestSlot.wrap(bytes32(uint256(RequestSlot.unwrap(self)) | flag));
    }
}
