// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketOffers} from "../interfaces/IMarketOffers.sol";
import {OptionsCode} from "../libraries/OptionsCode.sol";
import {Price} from "../libraries/Price.sol";
import {ProverList} from "../libraries/ProverList.sol";
import {MarketCounter} from "../types/MarketCounter.sol";
import {Lock, Options} from "../types/Offer.sol";
import {Request, Status} from "../types/Request.sol";
import {RequestSlot, RequestSlotLibrary} from "../types/RequestSlot.sol";
import {Submissions} from "./Submissions.sol";

/// Who gets what when a request ends. The parts of a payout always add up to the escrow and the collateral.
abstract contract Payouts is Submissions {
    /// @dev Half of a slashed collateral rewards the prover who settles after all, the rest compensates the refundee.
    uint256 private constant RESCUE_SHARE = 2;

    /// @param paid To the settling prover: the price and what was added to the fee.
    /// @param surplus To the refundee: the part of the escrow above the price.
    /// @param locker Who staked `collateral`; zero when nobody did.
    /// @param slashed Whether the collateral is lost to its locker.
    struct Payout {
        address token;
        uint256 paid;
        uint256 surplus;
        address locker;
        uint256 collateral;
        bool slashed;
    }

    /// @inheritdoc IMarketOffers
    function quote(bytes32 requestId, Request calldata request, bytes calldata options, address prover)
        external
        view
        returns (uint256 paid, uint256 deadline)
    {
        RequestSlot slot = _load(requestId, request, Status.Open);
        uint256 extraFee;
        (deadline, extraFee) = _amended(requestId, slot, request);
        if (block.timestamp > deadline) revert RequestExpired(requestId, deadline);
        if (_isPlain(requestId, request, options)) return (request.fee + extraFee, deadline);
        Payout memory payout;
        _fillPayout(payout, requestId, slot, request, options, prover, extraFee);
        paid = payout.paid;
    }

    /// @dev Writes what settling now gives into `payout`; reverts when `prover` may not settle.
    function _fillPayout(
        Payout memory payout,
        bytes32 requestId,
        RequestSlot slot,
        Request calldata request,
        bytes calldata encodedOptions,
        address prover,
        uint256 extraFee
    ) internal view {
        (Options memory options, bytes32[] memory proverProof) = _decode(requestId, request, encodedOptions);
        if (!ProverList.allows(options.provers, prover, proverProof)) revert ProverNotAllowed(requestId, prover);
        payout.token = options.token;
        uint256 pricedAt = block.timestamp;
        if (slot.has(RequestSlotLibrary.LOCKED)) {
            Lock memory held = _locks[requestId];
            bool running = block.timestamp <= held.expiresAt;
            if (running && prover != held.prover) revert LockedByOther(requestId, held.prover, held.expiresAt);
            if (running) pricedAt = held.lockedAt;
            payout.locker = held.prover;
            payout.collateral = options.collateral;
            payout.slashed = !running && !_wasPausedDuring(held);
        }
        uint256 price = Price.priceAt(options, pricedAt);
        payout.paid = price + extraFee;
        payout.surplus = request.fee - price;
    }

    /// @dev Credits everyone but the settling prover's payment when a request with options is settled.
    function _creditOthers(Payout memory payout, bytes32 requestId, address prover, address refundee) internal {
        _creditAside(payout.token, refundee, payout.surplus);
        _payCollateral(requestId, payout, prover, refundee);
    }

    /// @dev Credits a lock's collateral when a request with options is refunded.
    /// @return token What the escrow is paid back in.
    function _creditCollateral(
        bytes32 requestId,
        RequestSlot slot,
        Request calldata request,
        bytes calldata encodedOptions
    ) internal returns (address token) {
        Payout memory payout;
        (Options memory options,) = _decode(requestId, request, encodedOptions);
        token = payout.token = options.token;
        if (slot.has(RequestSlotLibrary.LOCKED)) {
            Lock memory held = _locks[requestId];
            payout.locker = held.prover;
            payout.collateral = options.collateral;
            payout.slashed = !_wasPausedDuring(held);
        }
        _payCollateral(requestId, payout, address(0), request.refundee);
    }

    /// @param rescuer The prover who settled; zero when nobody did and all of a slashed collateral is the refundee's.
    function _payCollateral(bytes32 requestId, Payout memory payout, address rescuer, address refundee) private {
        if (payout.locker == address(0)) return;
        if (!payout.slashed) {
            _credit(payout.token, payout.locker, payout.collateral);
            emit CollateralReturned(requestId, payout.locker, payout.collateral);
            return;
        }
        uint256 toRescuer = rescuer == address(0) ? 0 : payout.collateral / RESCUE_SHARE;
        uint256 toRefundee = payout.collateral - toRescuer;
        emit CollateralSlashed(requestId, payout.locker, toRescuer, toRefundee);
        if (toRescuer != 0) _credit(payout.token, rescuer, toRescuer);
        _credit(payout.token, refundee, toRefundee);
    }

    /// @return Whether the request has no options; a request without options must be shown without.
    function _isPlain(bytes32 requestId, Request calldata request, bytes calldata encodedOptions)
        internal
        pure
        returns (bool)
    {
        if (request.optionsHash != 0) return false;
        if (encodedOptions.length != 0) revert OptionsMismatch(requestId);
        return true;
    }

    function _decode(bytes32 requestId, Request calldata request, bytes calldata encodedOptions)
        internal
        pure
        returns (Options memory options, bytes32[] memory proverProof)
    {
        if (encodedOptions.length == 0) revert OptionsMismatch(requestId);
        (options, proverProof) = OptionsCode.decode(encodedOptions);
        if (OptionsCode.hash(options) != request.optionsHash) revert OptionsMismatch(requestId);
    }

    /// @dev A prover who could not settle because of a pause does not lose the collateral. Only the latest pause is known.
    function _wasPausedDuring(Lock memory held) private view returns (bool) {
        MarketCounter counter = _counter;
        uint256 from = counter.pausedAt();
        uint256 until = counter.pausedUntil();
        return from < until && from <= held.expiresAt && until > held.lockedAt;
    }
}
