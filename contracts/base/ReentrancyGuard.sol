// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../interfaces/IMarketErrors.sol";

/// A lock in transient storage (EIP-1153). State is always written before a call into other code; this is the second line.
abstract contract ReentrancyGuard is IMarketErrors {
    /// @dev A whole word, which needs no masking: 1 while a guarded function runs.
    uint256 private transient _entered;

    modifier nonReentrant() {
        if (_entered != 0) revert Reentered();
        _entered = 1;
        _;
        _entered = 0;
    }
}
