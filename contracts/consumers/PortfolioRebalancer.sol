// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {PackedOutput} from "../libraries/PackedOutput.sol";
import {InferenceConsumer} from "./InferenceConsumer.sol";

/// @notice The part of ERC-20 the rebalancer uses.
interface IToken {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
    function approve(address spender, uint256 amount) external returns (bool);
}

/// @notice Where the rebalancer trades.
interface IExchange {
    /// @notice Value of one whole token A (1e18 units) in units of token B.
    function priceOfA() external view returns (uint256 priceWad);

    /// @notice Takes `amountIn` of `tokenIn` from the caller and pays at least `minOut` of the other token.
    function swap(address tokenIn, uint256 amountIn, uint256 minOut) external returns (uint256 amountOut);
}

/// @title A portfolio of two tokens whose weights follow a regression
/// @notice The model's output is the signal. `signalLow` and below puts the least weight on token A, `signalHigh` and above the
/// most, and in between the weight is linear. Each proven output trades towards its target weight.
contract PortfolioRebalancer is InferenceConsumer {
    using PackedOutput for bytes;

    struct Band {
        int256 signalLow;
        int256 signalHigh;
        uint256 minWeightBps;
        uint256 maxWeightBps;
    }

    /// @notice A first trade with ExampleToken and ExampleExchange takes 105,000; real exchanges take more.
    uint32 public constant CALLBACK_GAS = 400_000;
    uint40 public constant SIGNAL_SECONDS = 1 hours;
    uint256 private constant BPS = 10_000;

    address public immutable manager;
    bytes32 public immutable modelId;
    /// @notice Bytes of the model's one output element.
    uint256 public immutable outputWidth;
    IToken public immutable tokenA;
    IToken public immutable tokenB;
    IExchange public immutable exchange;
    /// @notice How far below the exchange's price a trade may fill.
    uint256 public immutable maxSlippageBps;

    Band public band;
    /// @notice The latest target weight of token A.
    uint256 public targetWeightBps;
    /// @notice Signals arrive in any order; only one newer than the last that was acted on counts.
    uint256 public latestIndex;

    event SignalRequested(bytes32 indexed requestId);
    event Rebalanced(bytes32 indexed requestId, int256 signal, uint256 weightBps, uint256 amountIn, uint256 amountOut);
    event SignalStale(bytes32 indexed requestId);

    error NotManager(address caller);
    error BandInvalid();

    constructor(
        IRequestMarket market_,
        bytes32 modelId_,
        uint256 outputWidth_,
        IToken tokenA_,
        IToken tokenB_,
        IExchange exchange_,
        uint256 maxSlippageBps_,
        Band memory band_
    ) InferenceConsumer(market_) {
        if (
            band_.signalLow >= band_.signalHigh || band_.minWeightBps > band_.maxWeightBps || band_.maxWeightBps > BPS
                || maxSlippageBps_ > BPS
        ) revert BandInvalid();
        manager = msg.sender;
        modelId = modelId_;
        outputWidth = outputWidth_;
        tokenA = tokenA_;
        tokenB = tokenB_;
        exchange = exchange_;
        maxSlippageBps = maxSlippageBps_;
        band = band_;
        tokenA_.approve(address(exchange_), type(uint256).max);
        tokenB_.approve(address(exchange_), type(uint256).max);
    }

    /// @notice Asks for a new signal; msg.value is the prover's fee. Only the manager vouches for features.
    function requestSignal(bytes calldata features) external payable returns (bytes32 requestId) {
        if (msg.sender != manager) revert NotManager(msg.sender);
        uint40 deadline = uint40(block.timestamp) + SIGNAL_SECONDS;
        requestId = _request(modelId, features, msg.value, CALLBACK_GAS, deadline, msg.sender);
        emit SignalRequested(requestId);
    }

    /// @notice Pays tokens out to the manager.
    function withdraw(IToken token, uint256 amount) external {
        if (msg.sender != manager) revert NotManager(msg.sender);
        token.transfer(manager, amount);
    }

    /// @notice The weight of token A that a signal asks for, in basis points.
    function weightFor(int256 signal) public view returns (uint256) {
        Band memory b = band;
        if (signal <= b.signalLow) return b.minWeightBps;
        if (signal >= b.signalHigh) return b.maxWeightBps;
        uint256 position = uint256(signal - b.signalLow);
        uint256 span = uint256(b.signalHigh - b.signalLow);
        return b.minWeightBps + (b.maxWeightBps - b.minWeightBps) * position / span;
    }

    function _onInference(bytes32 requestId, bytes32, bytes calldata output) internal override {
        uint256 index = (uint256(requestId) & 0xffffffff) + 1;
        if (index <= latestIndex) {
            emit SignalStale(requestId);
            return;
        }
        latestIndex = index;
        int256 signal = output.intAt(0, outputWidth);
        uint256 weightBps = weightFor(signal);
        targetWeightBps = weightBps;
        (uint256 amountIn, uint256 amountOut) = _tradeTowards(weightBps);
        emit Rebalanced(requestId, signal, weightBps, amountIn, amountOut);
    }

    /// @dev Values are in units of token B.
    function _tradeTowards(uint256 weightBps) private returns (uint256 amountIn, uint256 amountOut) {
        uint256 priceWad = exchange.priceOfA();
        uint256 valueA = tokenA.balanceOf(address(this)) * priceWad / 1e18;
        uint256 valueB = tokenB.balanceOf(address(this));
        uint256 targetA = (valueA + valueB) * weightBps / BPS;
        if (targetA > valueA) {
            amountIn = targetA - valueA;
            amountOut = exchange.swap(address(tokenB), amountIn, _afterSlippage(amountIn * 1e18 / priceWad));
        } else if (targetA < valueA) {
            uint256 value = valueA - targetA;
            amountIn = value * 1e18 / priceWad;
            if (amountIn == 0) return (0, 0);
            amountOut = exchange.swap(address(tokenA), amountIn, _afterSlippage(value * (BPS - 0) / BPS));
        }
    }

    function _afterSlippage(uint256 amount) private view returns (uint256) {
        return amount * (BPS - maxSlippageBps) / BPS;
    }
}
