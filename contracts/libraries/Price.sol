// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Options} from "../types/Offer.sol";

/// The price of a request over time: `startFee` until `priceFrom`, `endFee` from `priceUntil` on, linear in between.
library Price {
    function escrow(Options memory o) internal pure returns (uint96) {
        return o.startFee > o.endFee ? o.startFee : o.endFee;
    }

    /// @return The price at `timestamp`, in [min(startFee, endFee), escrow]; what was fallen or risen so far is rounded down.
    function priceAt(Options memory o, uint256 timestamp) internal pure returns (uint256) {
        if (timestamp <= o.priceFrom) return o.startFee;
        if (timestamp >= o.priceUntil) return o.endFee;
        // priceFrom < timestamp < priceUntil here, fees are below 2^96 and times below 2^40: nothing overflows.
        unchecked {
            uint256 elapsed = timestamp - o.priceFrom;
            uint256 span = uint256(o.priceUntil) - o.priceFrom;
            if (o.endFee < o.startFee) return o.startFee - (uint256(o.startFee) - o.endFee) * elapsed / span;
            return o.startFee + (uint256(o.endFee) - o.startFee) * elapsed / span;
        }
    }
}
