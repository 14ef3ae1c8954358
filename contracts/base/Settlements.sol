// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBatchableVerifier} from "../interfaces/IBatchableVerifier.sol";
import {IGavelVerifier} from "../interfaces/IGavelVerifier.sol";
import {IInferenceConsumer} from "../interfaces/IInferenceConsumer.sol";
import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {Context} from "../libraries/Context.sol";
import {ExactGasCall} from "../libraries/ExactGasCall.sol";
import {PairingBatch} from "../libraries/PairingBatch.sol";
import {ModelRecord} from "../types/ModelRecord.sol";
import {BatchOutcome, Request, Settlement, Status} from "../types/Request.sol";
import {RequestSlot, RequestSlotLibrary} from "../types/RequestSlot.sol";
import {Amendments} from "./Amendments.sol";

/// The ways a request ends: a proof, or a refund.
abstract contract Settlements is Amendments {
    /// @notice Enough for a proxy wallet that logs what it receives.
    uint256 public constant REFUND_GAS = 30_000;

    /// @dev What a batch needs after an item: its event, and the loop.
    uint256 private constant BATCH_ITEM_RESERVE = 10_000;

    /// @inheritdoc IRequestMarket
    function settle(Settlement calldata settlement) external nonReentrant whenNotPaused {
        _settle(settlement, false);
    }

    /// @inheritdoc IRequestMarket
    function settleBatch(Settlement[] calldata settlements, uint256 itemGasLimit)
        external
        nonReentrant
        whenNotPaused
        returns (BatchOutcome[] memory outcomes)
    {
        outcomes = new BatchOutcome[](settlements.length);
        bool[] memory proven = _proveTogether(settlements, itemGasLimit);
        for (uint256 i = 0; i < settlements.length; ++i) {
            bytes memory call = abi.encodeCall(this.settleItem, (settlements[i], proven[i]));
            if (!ExactGasCall.hasGas(itemGasLimit, BATCH_ITEM_RESERVE)) break;
            (bool ok, bytes memory reason) = ExactGasCall.callContract(address(this), itemGasLimit, call);
            outcomes[i] = ok ? BatchOutcome.Settled : BatchOutcome.Failed;
            if (!ok) emit BatchItemFailed(settlements[i].requestId, i, reason);
        }
    }

    /// @notice One settlement of a batch, in a call of its own so that its failure undoes only itself. Called by the market only.
    /// @param proven Whether the batch's pairing has shown the proof to be valid; otherwise it is verified here.
    function settleItem(Settlement calldata settlement, bool proven) external {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _settle(settlement, proven);
    }

    /// @inheritdoc IRequestMarket
    function retryCallback(bytes32 requestId, Request calldata request, bytes calldata output)
        external
        nonReentrant
        whenNotPaused
        returns (bool ok)
    {
        RequestSlot slot = _load(requestId, request, Status.CallbackFailed);
        bytes32 hash = keccak256(output);
        if (hash != resultHash(requestId)) revert OutputMismatch(resultHash(requestId), hash);
        slot = slot.withStatus(Status.Settled);
        _store(requestId, slot);
        ok = _call(requestId, slot, request, output);
    }

    /// @inheritdoc IRequestMarket
    function refund(bytes32 requestId, Request calldata request, bytes calldata options) external nonReentrant {
        RequestSlot slot = _load(requestId, request, Status.Open);
        uint256 deadline = request.deadline;
        uint256 extraFee;
        if (slot.has(RequestSlotLibrary.BUMPED | RequestSlotLibrary.CANCELLED)) {
            (deadline, extraFee) = _amended(requestId, slot, request);
            // Nothing reads it again, and giving a word back costs less than keeping it.
            delete _amendments[requestId];
        }
        if (block.timestamp <= deadline) revert RequestNotExpired(requestId, deadline);
        _store(requestId, slot.withStatus(Status.Refunded));

        address refundee = request.refundee;
        uint256 amount = request.fee + extraFee;
        address token = ETH;
        if (!_isPlain(requestId, request, options)) token = _creditCollateral(requestId, slot, request, options);
        emit RequestRefunded(requestId, refundee, amount);
        if (token != ETH || !ExactGasCall.sendValue(refundee, REFUND_GAS, amount)) {
            _creditAside(token, refundee, amount);
        }
    }

    /// @dev One pairing for all proofs whose verifiers leave theirs to the caller. What is odd about an item here is no error yet: it
    /// is left for its own call to verify, and when the pairing fails, all are.
    /// @return proven The items that need no verification of their own.
    function _proveTogether(Settlement[] calldata settlements, uint256 itemGasLimit)
        private
        view
        returns (bool[] memory proven)
    {
        uint256 length = settlements.length;
        proven = new bool[](length);
        if (length < 2) return proven;
        uint256[] memory words = new uint256[](PairingBatch.WORDS * length);
        uint256 count;
        for (uint256 i = 0; i < length; ++i) {
            if (!ExactGasCall.hasGas(itemGasLimit, PairingBatch.gasFor(count + 1))) break;
            if (_readPairing(settlements[i], itemGasLimit, words, PairingBatch.WORDS * count)) {
                proven[i] = true;
                ++count;
            }
        }
        if (count == 0 || !PairingBatch.holds(words, count)) proven = new bool[](length);
    }

    /// @return ok Whether the item's input and output are what its request and model ask for, and its verifier wrote its pairing's words.
    function _readPairing(Settlement calldata s, uint256 gasLimit, uint256[] memory words, uint256 first)
        private
        view
        returns (bool ok)
    {
        ModelRecord model = _models[s.request.modelId];
        if (keccak256(s.input) != s.request.inputHash) return false;
        if (s.input.length != model.inputBytes() || s.output.length != model.outputBytes()) return false;
        bytes32 context = Context.derive(s.requestId, s.prover);
        bytes memory call = abi.encodeCall(IBatchableVerifier.pairingInput, (s.proof, s.input, s.output, context));
        return ExactGasCall.staticCallWords(model.verifier(), gasLimit, call, words, first, PairingBatch.WORDS);
    }

    /// @dev Checks, then the proof; then effects, then the credits, then the consumer.
    function _settle(Settlement calldata s, bool proven) private {
        Request calldata request = s.request;
        RequestSlot slot = _load(s.requestId, request, Status.Open);
        (uint256 deadline, uint256 extraFee) = _amended(s.requestId, slot, request);
        if (block.timestamp > deadline) revert RequestExpired(s.requestId, deadline);
        if (s.prover == address(0)) revert ProverMissing(s.requestId);
        Payout memory payout;
        payout.paid = request.fee + extraFee;
        bool plain = _isPlain(s.requestId, request, s.options);
        if (!plain) _fillPayout(payout, s.requestId, slot, request, s.options, s.prover, extraFee);
        bytes calldata output = s.output;
        if (!proven) _verify(s, output);

        slot = slot.withStatus(Status.Settled);
        _store(s.requestId, slot);
        _credit(payout.token, s.prover, payout.paid);
        if (!plain) _creditOthers(payout, s.requestId, s.prover, request.refundee);
        emit RequestSettled(s.requestId, request.modelId, s.prover, payout.paid, output);
        if (request.callback == address(0)) _keepResult(s.requestId, keccak256(output));
        else _call(s.requestId, slot, request, output);
    }

    function _verify(Settlement calldata s, bytes calldata output) private view {
        ModelRecord model = _models[s.request.modelId];
        bytes calldata input = s.input;
        bytes32 inputHash = keccak256(input);
        if (inputHash != s.request.inputHash) revert InputMismatch(s.request.inputHash, inputHash);
        if (input.length != model.inputBytes()) revert InputLengthMismatch(model.inputBytes(), input.length);
        if (output.length != model.outputBytes()) revert OutputLengthMismatch(model.outputBytes(), output.length);
        bytes32 context = Context.derive(s.requestId, s.prover);
        if (IGavelVerifier(model.verifier()).verify(s.proof, input, output, context) != 1) {
            revert ProofRejected(s.requestId);
        }
    }

    /// @dev The request is stored as settled before this call, so nothing reached from the consumer can deliver it again.
    function _call(bytes32 requestId, RequestSlot slot, Request calldata request, bytes calldata output)
        private
        returns (bool ok)
    {
        bytes memory reason;
        (ok, reason) = ExactGasCall.callContract(
            request.callback,
            request.callbackGasLimit,
            abi.encodeCall(IInferenceConsumer.onInference, (requestId, request.modelId, output))
        );
        if (ok) {
            emit CallbackSucceeded(requestId);
        } else {
            _store(requestId, slot.withStatus(Status.CallbackFailed));
            _keepResult(requestId, keccak256(output));
            emit CallbackFailed(requestId, reason);
        }
    }
}
