// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Status} from "../types/Request.sol";

/// @notice Every way a call to the market can be refused.
interface IMarketErrors {
    /// @notice Thrown when a call re-enters the market from within a settlement, a payment or a token.
    error Reentered();

    /// @notice Thrown when the guardian has paused requests and settlements. Refunds and withdrawals are never paused.
    error MarketPaused(uint256 until);

    /// @notice Thrown when the caller is not the guardian.
    error NotGuardian(address caller);

    /// @notice Thrown when the model takes no new requests.
    error ModelNotActive(bytes32 modelId);

    /// @notice Thrown when the fee does not fit in 96 bits.
    error FeeTooLarge(uint256 fee);

    /// @notice Thrown when a new request's deadline is not in the future.
    error DeadlineInPast(uint40 deadline, uint256 timestamp);

    /// @notice Thrown when a new request's deadline is more than `MAX_LIFETIME_SECONDS` away.
    error DeadlineTooFar(uint40 deadline, uint256 max);

    /// @notice Thrown when a callback is named with no gas, or with more than one transaction can give it.
    error CallbackGasOutOfRange(uint32 callbackGasLimit, uint256 max);

    /// @notice Thrown when the market has given out its 2^32 indices.
    error MarketFull();

    /// @notice Thrown when the input is not as long as the model's.
    error InputLengthMismatch(uint256 expected, uint256 actual);

    /// @notice Thrown when the input is not the one the request commits to.
    error InputMismatch(bytes32 expected, bytes32 actual);

    /// @notice Thrown when the output is not as long as the model's.
    error OutputLengthMismatch(uint256 expected, uint256 actual);

    /// @notice Thrown when the output is not the one that was settled.
    error OutputMismatch(bytes32 expected, bytes32 actual);

    /// @notice Thrown when the request's terms are not the ones its id commits to.
    error TermsMismatch(bytes32 requestId);

    /// @notice Thrown when the options are not the ones the request commits to.
    error OptionsMismatch(bytes32 requestId);

    /// @notice Thrown when a request is not in the status an action needs.
    error WrongStatus(bytes32 requestId, Status expected, Status actual);

    /// @notice Thrown when a settlement comes after the deadline.
    error RequestExpired(bytes32 requestId, uint256 deadline);

    /// @notice Thrown when a refund comes before the deadline has passed.
    error RequestNotExpired(bytes32 requestId, uint256 deadline);

    /// @notice Thrown when a settlement names no prover.
    error ProverMissing(bytes32 requestId);

    /// @notice Thrown when the verifier returned anything but 1. A verifier that reverts passes its own error on.
    error ProofRejected(bytes32 requestId);

    /// @notice Thrown when an account has less than the amount asked for.
    error InsufficientBalance(address token, address account, uint256 balance, uint256 amount);

    /// @notice Thrown when the recipient refused ETH.
    error PaymentRefused(address to);

    /// @notice Thrown when an address must not be zero.
    error ZeroAddress();

    /// @notice Thrown when msg.value is not the amount to be paid, or comes with a payment in tokens.
    error ValueMismatch(uint256 expected, uint256 actual);

    /// @notice Thrown when a token delivered less than was asked for, as tokens with a fee on transfer do: deposit them first.
    error ReceivedTooLittle(address token, uint256 expected, uint256 actual);

    /// @notice Thrown when an offer gives neither the input nor its hash, or a hash that is not the input's.
    error InputHashMismatch(bytes32 expected, bytes32 actual);

    /// @notice Thrown when an offer's price window ends before it starts.
    error PriceWindowInvalid(uint40 priceFrom, uint40 priceUntil);

    /// @notice Thrown when an offer names a collateral without lock time, or lock time without collateral.
    error LockTermsInvalid(uint96 collateral, uint32 lockSeconds);

    /// @notice Thrown when the prover is not one of those the request allows.
    error ProverNotAllowed(bytes32 requestId, address prover);

    /// @notice Thrown when another prover holds the request's lock.
    error LockedByOther(bytes32 requestId, address prover, uint256 expiresAt);

    /// @notice Thrown when a request was locked before: it is locked at most once.
    error AlreadyLocked(bytes32 requestId);

    /// @notice Thrown when a request offers no lock, or is being cancelled.
    error NotLockable(bytes32 requestId);

    /// @notice Thrown when the caller is not the requester.
    error NotRequester(bytes32 requestId, address caller);

    /// @notice Thrown when a request is being cancelled already.
    error AlreadyCancelled(bytes32 requestId);

    /// @notice Thrown when a nonce was used or given up before.
    error NonceAlreadyUsed(address account, uint256 nonce);

    /// @notice Thrown when a signed offer is no longer valid.
    error SignatureExpired(uint256 validUntil);

    /// @notice Thrown when the signature is not the requester's.
    error SignatureInvalid(address requester);

    /// @notice Thrown when a function is called by anyone but the market itself.
    error OnlySelf(address caller);
}
