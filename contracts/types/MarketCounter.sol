// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/**
 * The word that every submission reads and writes:
 *
 * 144 bits empty | 40 bits pausedAt | 40 bits pausedUntil | 32 bits requestCount
 */
type MarketCounter is uint256;

using MarketCounterLibrary for MarketCounter global;

library MarketCounterLibrary {
    /// @return index The index that the next request gets.
    /// @return next The word after that request.
    /// @return until When the latest pause ends or ended.
    function take(MarketCounter self) internal pure returns (uint256 index, MarketCounter next, uint256 until) {
        uint256 word = MarketCounter.unwrap(self);
        index = word & 0xffffffff;
        until = (word >> 32) & 0xffffffffff;
        // Carries into pausedUntil only at the last index, which the caller refuses to use.
        unchecked {
            next = MarketCounter.wrap(word + 1);
        }
    }

    function requestCount(MarketCounter self) internal pure returns (uint256) {
        return MarketCounter.unwrap(self) & 0xffffffff;
    }

    function pausedUntil(MarketCounter self) internal pure returns (uint256) {
        return (MarketCounter.unwrap(self) >> 32) & 0xffffffffff;
    }

    function pausedAt(MarketCounter self) internal pure returns (uint256) {
        return (MarketCounter.unwrap(self) >> 72) & 0xffffffffff;
    }

    function withPause(MarketCounter self, uint256 startedAt, uint256 until) internal pure returns (MarketCounter) {
        return MarketCounter.wrap(
            (startedAt & 0xffffffffff) << 72 | (until & 0xffffffffff) << 32 | (MarketCounter.unwrap(self) & 0xffffffff)
        );
    }
}
