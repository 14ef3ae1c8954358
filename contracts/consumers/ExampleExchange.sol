// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IExchange} from "./PortfolioRebalancer.sol";
import {SafeTransfer} from "../libraries/SafeTransfer.sol";

/// @title An exchange between two tokens at a set price, for the examples
/// @notice It trades from the tokens it holds. The deployer sets the price. Not for real money.
contract ExampleExchange is IExchange {
    address public immutable tokenA;
    address public immutable tokenB;
    address public immutable owner;

    /// @inheritdoc IExchange
    uint256 public priceOfA;

    error NotOwner(address caller);
    error UnknownToken(address token);
    error TooLittleOut(uint256 minOut, uint256 amountOut);

    constructor(address tokenA_, address tokenB_, uint256 priceWad) {
        (tokenA, tokenB, priceOfA, owner) = (tokenA_, tokenB_, priceWad, msg.sender);
    }

    function setPrice(uint256 priceWad) external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        priceOfA = priceWad;
    }

    /// @inheritdoc IExchange
    function swap(address tokenIn, uint256 amountIn, uint256 minOut) external returns (uint256 amountOut) {
        address tokenOut;
        if (tokenIn == tokenA) (tokenOut, amountOut) = (tokenB, amountIn * priceOfA / 1e18);
        else if (tokenIn == tokenB) (tokenOut, amountOut) = (tokenA, amountIn * 1e18 / priceOfA);
        else revert UnknownToken(tokenIn);
        if (amountOut < minOut) revert TooLittleOut(minOut, amountOut);
        SafeTransfer.transferFrom(tokenIn, msg.sender, address(this), amountIn);
        SafeTransfer.transfer(tokenOut, msg.sender, amountOut);
    }
}
