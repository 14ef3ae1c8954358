// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketOffers} from "../interfaces/IMarketOffers.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {Context} from "../libraries/Context.sol";
import {RequestId} from "../libraries/RequestId.sol";
import {MarketCounter} from "../types/MarketCounter.sol";
import {ModelRecord} from "../types/ModelRecord.sol";
import {Amendment, Lock} from "../types/Offer.sol";
import {Request, RequestView, Status} from "../types/Request.sol";
import {RequestSlot, RequestSlotLibrary} from "../types/RequestSlot.sol";
import {Balances} from "./Balances.sol";

/// Storage of requests, the copies of model records, the guardian's pause, and the views over them.
abstract contract MarketState is Balances {
    /// @notice A week: long enough to replace a broken verifier, short enough that a lost guardian key freezes nothing.
    uint256 public constant MAX_PAUSE_SECONDS = 7 days;

    /// @inheritdoc IRequestMarket
    IModelRegistry public immutable registry;

    /// @inheritdoc IRequestMarket
    address public guardian;

    MarketCounter internal _counter;
    mapping(uint256 index => RequestSlot) private _slots;
    mapping(bytes32 requestId => bytes32) private _resultHashes;
    mapping(bytes32 requestId => Amendment) internal _amendments;
    mapping(bytes32 requestId => Lock) internal _locks;
    mapping(bytes32 modelId => ModelRecord) internal _models;

    constructor(IModelRegistry registry_, address guardian_) {
        registry = registry_;
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    modifier whenNotPaused() {
        uint256 until = _counter.pausedUntil();
        if (block.timestamp < until) revert MarketPaused(until);
        _;
    }

    /// @inheritdoc IRequestMarket
    function pause(uint256 durationSeconds) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        if (durationSeconds > MAX_PAUSE_SECONDS) durationSeconds = MAX_PAUSE_SECONDS;
        uint256 startedAt = block.timestamp < _counter.pausedUntil() ? _counter.pausedAt() : block.timestamp;
        uint256 until = block.timestamp + durationSeconds;
        _counter = _counter.withPause(startedAt, until);
        emit PauseSet(until);
    }

    /// @inheritdoc IRequestMarket
    function setGuardian(address guardian_) external {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        guardian = guardian_;
        emit GuardianSet(guardian_);
    }

    /// @inheritdoc IRequestMarket
    function syncModel(bytes32 modelId) external {
        _importModel(modelId);
    }

    /// @inheritdoc IRequestMarket
    function pausedUntil() external view returns (uint256) {
        return _counter.pausedUntil();
    }

    /// @inheritdoc IRequestMarket
    function requestCount() external view returns (uint256) {
        return _counter.requestCount();
    }

    /// @inheritdoc IRequestMarket
    function getRequests(uint256 from, uint256 to) external view returns (RequestView[] memory views) {
        uint256 count = _counter.requestCount();
        if (to > count) to = count;
        if (from >= to) return views;
        views = new RequestView[](to - from);
        for (uint256 i = from; i < to; ++i) {
            RequestSlot slot = _slots[i];
            views[i - from] = RequestView(slot.idAt(i), slot.status());
        }
    }

    /// @inheritdoc IRequestMarket
    function status(bytes32 requestId) public view returns (Status) {
        return _slots[RequestId.indexOf(requestId)].statusOf(requestId);
    }

    /// @inheritdoc IRequestMarket
    function resultHash(bytes32 requestId) public view returns (bytes32) {
        return _resultHashes[requestId];
    }

    /// @inheritdoc IRequestMarket
    function contextOf(bytes32 requestId, address prover) external view returns (bytes32) {
        return Context.derive(requestId, prover);
    }

    /// @inheritdoc IRequestMarket
    function modelRecord(bytes32 modelId) external view returns (ModelRecord) {
        return _models[modelId];
    }

    /// @inheritdoc IMarketOffers
    function amendmentOf(bytes32 requestId) external view returns (Amendment memory) {
        return _amendments[requestId];
    }

    /// @inheritdoc IMarketOffers
    function lockOf(bytes32 requestId) external view returns (Lock memory) {
        return _locks[requestId];
    }

    /// @dev Gives `request` the next index and stores its word, unless the market is paused.
    function _open(Request memory request) internal returns (bytes32 requestId) {
        (uint256 index, MarketCounter next, uint256 until) = _counter.take();
        if (block.timestamp < until) revert MarketPaused(until);
        if (index == type(uint32).max) revert MarketFull();
        _counter = next;
        requestId = RequestId.derive(request, index);
        _slots[index] = RequestSlotLibrary.open(requestId);
    }

    /// @return slot The word of `requestId`, which is in status `expected` and commits to `request`.
    function _load(bytes32 requestId, Request calldata request, Status expected)
        internal
        view
        returns (RequestSlot slot)
    {
        uint256 index = RequestId.indexOf(requestId);
        slot = _slots[index];
        Status actual = slot.statusOf(requestId);
        if (actual != expected) revert WrongStatus(requestId, expected, actual);
        if (RequestId.deriveAgain(request, index) != requestId) revert TermsMismatch(requestId);
    }

    function _store(bytes32 requestId, RequestSlot slot) internal {
        _slots[RequestId.indexOf(requestId)] = slot;
    }

    function _keepResult(bytes32 requestId, bytes32 hash) internal {
        _resultHashes[requestId] = hash;
    }

    /// @return deadline The last second in which the request can be settled.
    /// @return extraFee What was added to its fee.
    function _amended(bytes32 requestId, RequestSlot slot, Request calldata request)
        internal
        view
        returns (uint256 deadline, uint256 extraFee)
    {
        deadline = request.deadline;
        if (!slot.has(RequestSlotLibrary.BUMPED | RequestSlotLibrary.CANCELLED)) return (deadline, 0);
        Amendment memory amendment = _amendments[requestId];
        extraFee = amendment.extraFee;
        if (slot.has(RequestSlotLibrary.CANCELLED)) deadline = amendment.cancelAt;
    }

    /// @dev The market's copy saves each submission a cold call to the registry; it is made by a model's first request.
    function _activeModel(bytes32 modelId) internal returns (ModelRecord record) {
        record = _models[modelId];
        if (record.isActive()) return record;
        if (record.exists() || !(record = _importModel(modelId)).isActive()) revert ModelNotActive(modelId);
    }

    function _importModel(bytes32 modelId) private returns (ModelRecord record) {
        record = registry.recordOf(modelId);
        _models[modelId] = record;
        emit ModelSynced(modelId, record);
    }
}
