// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Options} from "../types/Offer.sol";
import {ModelRecord} from "../types/ModelRecord.sol";
import {Request} from "../types/Request.sol";

/// @notice What the market tells the world. Token zero is ETH.
interface IMarketEvents {
    /// @notice A request without options was opened.
    /// @dev These are the fields of its terms, but for `inputHash`, which is keccak256(input), and `optionsHash`, which is zero.
    event RequestSubmitted(
        bytes32 indexed requestId,
        bytes32 indexed modelId,
        address indexed requester,
        address refundee,
        address callback,
        uint32 callbackGasLimit,
        uint40 deadline,
        uint96 fee,
        bytes input
    );

    /// @notice A request with options was opened. `input` is empty when only its hash was given.
    event OfferSubmitted(
        bytes32 indexed requestId,
        bytes32 indexed modelId,
        address indexed requester,
        Request request,
        Options options,
        bytes input,
        string inputURI
    );

    /// @notice A proof was accepted and `paid` credited to `prover`.
    event RequestSettled(
        bytes32 indexed requestId, bytes32 indexed modelId, address indexed prover, uint256 paid, bytes output
    );

    /// @notice The consumer took the output.
    event CallbackSucceeded(bytes32 indexed requestId);

    /// @notice The consumer did not take the output; anyone may retry. `reason` is the start of its revert data.
    event CallbackFailed(bytes32 indexed requestId, bytes reason);

    /// @notice One settlement of a batch failed; the others are not affected. `reason` is the start of its revert data.
    event BatchItemFailed(bytes32 indexed requestId, uint256 item, bytes reason);

    /// @notice The deadline passed and the escrow went back to the refundee.
    event RequestRefunded(bytes32 indexed requestId, address indexed refundee, uint256 amount);

    /// @notice `by` added `amount` to a request's fee, which is `extraFee` above its terms now.
    event FeeBumped(bytes32 indexed requestId, address indexed by, uint256 amount, uint256 extraFee);

    /// @notice The requester cancelled: settlement is possible until `cancelAt`, refund after it.
    event CancelRequested(bytes32 indexed requestId, uint256 cancelAt);

    /// @notice A prover staked `collateral` and keeps other provers out until `expiresAt`.
    event RequestLocked(bytes32 indexed requestId, address indexed prover, uint256 expiresAt, uint256 collateral);

    /// @notice A lock ended well, or during a pause, and its collateral was credited back.
    event CollateralReturned(bytes32 indexed requestId, address indexed prover, uint256 amount);

    /// @notice A lock expired without settlement: its collateral was shared between whoever settled later and the refundee.
    event CollateralSlashed(
        bytes32 indexed requestId, address indexed prover, uint256 toSettlingProver, uint256 toRefundee
    );

    /// @notice The market copied a model's record from the registry.
    event ModelSynced(bytes32 indexed modelId, ModelRecord record);

    /// @notice Money was brought into an internal balance.
    event Deposited(address indexed token, address indexed account, uint256 amount);

    /// @notice An internal balance grew other than by a deposit or as a prover's payment.
    event Credited(address indexed token, address indexed account, uint256 amount);

    /// @notice An internal balance was paid out.
    event Withdrawn(address indexed token, address indexed account, address indexed to, uint256 amount);

    /// @notice A nonce can no longer be used in a signed offer.
    event NonceUsed(address indexed account, uint256 nonce);

    /// @notice New requests, locks and settlements are paused until `until`; `until` in the past ends a pause.
    event PauseSet(uint256 until);

    /// @notice The guardian changed. Zero means that nobody can pause any more.
    event GuardianSet(address indexed guardian);
}
