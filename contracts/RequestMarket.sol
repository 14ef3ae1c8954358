// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {MarketState} from "./base/MarketState.sol";
import {Settlements} from "./base/Settlements.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";

/// @title Request market
/// @notice No owner, no upgrade, no protocol fee. A guardian may pause requests, locks and settlements; money can always leave.
/// @dev Balances -> MarketState -> Submissions -> Payouts -> Amendments -> Settlements, each in its own file under base/.
contract RequestMarket is Settlements {
    constructor(IModelRegistry registry_, address guardian_) MarketState(registry_, guardian_) {}
}
