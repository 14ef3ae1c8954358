// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketOffers} from "../interfaces/IMarketOffers.sol";
import {ProverList} from "../libraries/ProverList.sol";
import {Amendment, Lock, Options} from "../types/Offer.sol";
import {Request, Status} from "../types/Request.sol";
import {RequestSlot, RequestSlotLibrary} from "../types/RequestSlot.sol";
import {Payouts} from "./Payouts.sol";

/// What may happen to an open request: more fee, cancellation, a lock.
abstract contract Amendments is Payouts {
    /// @notice Longer than proving and including any model of the suite takes, so that whoever began before a cancellation
    /// was announced can finish.
    uint256 public constant CANCEL_SECONDS = 15 minutes;

    /// @inheritdoc IMarketOffers
    function bumpFee(bytes32 requestId, Request calldata request, bytes calldata options, uint96 amount)
        external
        payable
        nonReentrant
    {
        (RequestSlot slot, uint256 deadline) = _loadRunning(requestId, request);
        if (slot.has(RequestSlotLibrary.CANCELLED)) revert AlreadyCancelled(requestId);
        if (block.timestamp > deadline) revert RequestExpired(requestId, deadline);
        address token = ETH;
        if (!_isPlain(requestId, request, options)) {
            (Options memory decoded,) = _decode(requestId, request, options);
            token = decoded.token;
        }
        Amendment storage amendment = _amendments[requestId];
        uint256 extraFee = uint256(amendment.extraFee) + amount;
        if (request.fee + extraFee > type(uint96).max) revert FeeTooLarge(request.fee + extraFee);
        // Fits: compared above.
        amendment.extraFee = uint96(extraFee);
        _store(requestId, slot.withFlag(RequestSlotLibrary.BUMPED));
        emit FeeBumped(requestId, msg.sender, amount, extraFee);
        _collect(token, amount);
    }

    /// @inheritdoc IMarketOffers
    function cancel(bytes32 requestId, Request calldata request) external returns (uint256 cancelAt) {
        if (msg.sender != request.requester) revert NotRequester(requestId, msg.sender);
        (RequestSlot slot, uint256 deadline) = _loadRunning(requestId, request);
        if (slot.has(RequestSlotLibrary.CANCELLED)) revert AlreadyCancelled(requestId);
        cancelAt = block.timestamp + CANCEL_SECONDS;
        if (slot.has(RequestSlotLibrary.LOCKED)) {
            uint256 lockedUntil = _locks[requestId].expiresAt;
            if (lockedUntil > cancelAt) cancelAt = lockedUntil;
        }
        if (cancelAt > deadline) cancelAt = deadline;
        _amendments[requestId].cancelAt = uint40(cancelAt);
        _store(requestId, slot.withFlag(RequestSlotLibrary.CANCELLED));
        emit CancelRequested(requestId, cancelAt);
    }

    /// @inheritdoc IMarketOffers
    function lock(bytes32 requestId, Request calldata request, bytes calldata options)
        external
        payable
        nonReentrant
        whenNotPaused
        returns (uint256 expiresAt)
    {
        (RequestSlot slot, uint256 deadline) = _loadRunning(requestId, request);
        if (block.timestamp > deadline) revert RequestExpired(requestId, deadline);
        if (slot.has(RequestSlotLibrary.LOCKED)) revert AlreadyLocked(requestId);
        if (slot.has(RequestSlotLibrary.CANCELLED) || _isPlain(requestId, request, options)) {
            revert NotLockable(requestId);
        }
        (Options memory decoded, bytes32[] memory proverProof) = _decode(requestId, request, options);
        if (decoded.lockSeconds == 0) revert NotLockable(requestId);
        if (!ProverList.allows(decoded.provers, msg.sender, proverProof)) {
            revert ProverNotAllowed(requestId, msg.sender);
        }
        expiresAt = block.timestamp + decoded.lockSeconds;
        if (expiresAt > deadline) expiresAt = deadline;
        _locks[requestId] = Lock(msg.sender, uint40(block.timestamp), uint40(expiresAt));
        _store(requestId, slot.withFlag(RequestSlotLibrary.LOCKED));
        emit RequestLocked(requestId, msg.sender, expiresAt, decoded.collateral);
        _collect(decoded.token, decoded.collateral);
    }

    function _loadRunning(bytes32 requestId, Request calldata request)
        private
        view
        returns (RequestSlot slot, uint256 deadline)
    {
        slot = _load(requestId, request, Status.Open);
        (deadline,) = _amended(requestId, slot, request);
    }
}
