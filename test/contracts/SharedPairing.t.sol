// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {OptionsCode} from "../../contracts/libraries/OptionsCode.sol";
import {Offer} from "../../contracts/types/Offer.sol";
import {BatchOutcome, Request, RequestParams, Settlement, Status} from "../../contracts/types/Request.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {PairingVerifier} from "./support/PairingVerifier.sol";
import {Vm} from "./support/Test.sol";

/// Batches whose verifiers leave their pairing to the market.
contract SharedPairingTest is MarketTest {
    uint256 private constant ITEM_GAS = 600_000;

    PairingVerifier private first;
    PairingVerifier private second;
    PairingVerifier private otherString;

    function setUp() public override {
        super.setUp();
        first = new PairingVerifier(keccak256("first"), 2);
        second = new PairingVerifier(keccak256("second"), 2);
        otherString = new PairingVerifier(keccak256("other"), 3);
        registry.register(modelParams(address(first), first.vkDigest()));
        registry.register(modelParams(address(second), second.vkDigest()));
        registry.register(modelParams(address(otherString), otherString.vkDigest()));
    }

    function test_modelsOfOneOrTwoReferenceStrings_settleTogether() public {
        Settlement[] memory items = mixed();
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        for (uint256 i = 0; i < items.length; ++i) {
            assertOutcome(outcomes[i], BatchOutcome.Settled);
            assertStatus(items[i].requestId, Status.Settled, "status");
        }
        assertEq(market.balanceOf(ETH, PROVER), items.length * uint256(FEE), "paid");
    }

    function test_oneFalseEquation_isAttributedWhereverItStands() public {
        for (uint256 bad = 0; bad < 4; ++bad) {
            Settlement[] memory items = mixed();
            items[bad].proof = proofOf(items[bad], verifierOf(bad), 101, 50);
            vm.expectEmit(true, true, true, true, address(market));
            emit IMarketEvents.BatchItemFailed(
                items[bad].requestId, bad, abi.encodeWithSelector(PairingVerifier.PairingFailed.selector)
            );
            expectOnlyFailed(items, bad);
        }
    }

    /// Errors that would cancel in a sum without random factors.
    function test_opposedErrors_areBothFound() public {
        Settlement[] memory items = mixed();
        items[0].proof = proofOf(items[0], first, 2 * 50 + 1, 50);
        items[1].proof = proofOf(items[1], second, 2 * 50 - 1, 50);
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        for (uint256 i = 0; i < 4; ++i) {
            assertOutcome(outcomes[i], i < 2 ? BatchOutcome.Failed : BatchOutcome.Settled);
        }
    }

    function test_proofOfAnotherStatement_isAttributed() public {
        Settlement[] memory items = mixed();
        items[1].proof = items[0].proof;
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.BatchItemFailed(
            items[1].requestId, 1, abi.encodeWithSelector(PairingVerifier.ProofInvalid.selector)
        );
        expectOnlyFailed(items, 1);
    }

    function test_itemsThatAreNoProofs_areAttributed() public {
        Settlement[] memory items = mixed();
        items[2].input = hex"0102030405060709";
        expectOnlyFailed(items, 2);
        items = mixed();
        items[2].output = hex"ffff";
        expectOnlyFailed(items, 2);
        items = mixed();
        items[3].request.fee += 1;
        expectOnlyFailed(items, 3);
        items = mixed();
        items[0].prover = RELAYER;
        expectOnlyFailed(items, 0);
        items = mixed();
        items[0].request.modelId = keccak256("no such model");
        expectOnlyFailed(items, 0);
    }

    /// Proofs that hold, for inputs and outputs that were not asked for: the market's own checks are all that refuses them.
    function test_proofsOfOtherInputsAndLengths_areAttributed() public {
        Settlement[] memory items = mixed();
        items[2].input = hex"0102030405060709";
        proveAgain(items, 2);
        expectInputMismatch(items, 2);
        expectOnlyFailed(items, 2);

        items = mixed();
        items[1].output = hex"ffffff8500";
        proveAgain(items, 1);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.BatchItemFailed(
            items[1].requestId,
            1,
            abi.encodeWithSelector(IMarketErrors.OutputLengthMismatch.selector, OUTPUT_BYTES, OUTPUT_BYTES + 1)
        );
        expectOnlyFailed(items, 1);
    }

    /// An offer of which only the hash is given may ask for an input that its model does not take.
    function test_proofsOfHashedInputsOfAnotherLength_areAttributed() public {
        Settlement[] memory items = mixed();
        bytes memory long = hex"010203040506070809";
        Offer memory offer;
        offer.params = params(address(0));
        offer.params.modelId = modelOf(first);
        (offer.options.startFee, offer.options.endFee) = (FEE, FEE);
        offer.inputHash = keccak256(long);
        vm.prank(REQUESTER);
        bytes32 requestId = market.submitOffer{value: FEE}(offer);
        Request memory request = termsOf(offer.params, FEE);
        request.optionsHash = OptionsCode.hash(offer.options);
        request.inputHash = offer.inputHash;
        items[3] = settlement(requestId, request);
        items[3].options = abi.encode(offer.options, new bytes32[](0));
        items[3].input = long;
        proveAgain(items, 3);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.BatchItemFailed(
            requestId, 3, abi.encodeWithSelector(IMarketErrors.InputLengthMismatch.selector, INPUT_BYTES, long.length)
        );
        expectOnlyFailed(items, 3);
    }

    function test_outcomes_onlyFailuresAreReported() public {
        Settlement[] memory items = mixed();
        items[1].prover = RELAYER;
        vm.recordLogs();
        market.settleBatch(items, ITEM_GAS);
        uint256 reported;
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IMarketEvents.BatchItemFailed.selector) ++reported;
        }
        assertEq(reported, 1, "reported");
    }

    function test_sameItemTwice_paysOnce() public {
        Settlement[] memory items = mixed();
        items[1] = items[0];
        expectOnlyFailed(items, 1);
        assertEq(market.balanceOf(ETH, PROVER), 3 * uint256(FEE), "paid");
    }

    /// Whatever a verifier's `pairingInput` does, items are settled by what `verify` says.
    function test_oddPairingInputs_harmNobody() public {
        for (uint256 answer = 1; answer < 4; ++answer) {
            Settlement[] memory items = mixed();
            second.set(PairingVerifier.Answer(answer));
            BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
            for (uint256 i = 0; i < 4; ++i) {
                assertOutcome(outcomes[i], BatchOutcome.Settled);
            }
        }
    }

    function test_verifiersOfBothKinds_mix() public {
        Settlement[] memory items = mixed();
        (bytes32 requestId, Request memory request) = submit(params(address(0)));
        items[2] = settlement(requestId, request);
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        for (uint256 i = 0; i < 4; ++i) {
            assertOutcome(outcomes[i], BatchOutcome.Settled);
        }
    }

    /// At any gas the batch ends in order: settled items, then items not attempted; nothing fails for lack of gas.
    function test_littleGas_leavesItemsForLater(uint256 gasLimit) public {
        Settlement[] memory items = mixed();
        gasLimit = bound(gasLimit, 300_000, 4_000_000);
        BatchOutcome[] memory outcomes = market.settleBatch{gas: gasLimit}(items, ITEM_GAS);
        bool ended = false;
        for (uint256 i = 0; i < 4; ++i) {
            if (outcomes[i] == BatchOutcome.NotAttempted) ended = true;
            assertOutcome(outcomes[i], ended ? BatchOutcome.NotAttempted : BatchOutcome.Settled);
            assertStatus(items[i].requestId, ended ? Status.Open : Status.Settled, "status");
        }
    }

    function test_sharedPairing_savesGas() public {
        Settlement[] memory items = mixed();
        uint256 before = gasleft();
        market.settleBatch(items, ITEM_GAS);
        uint256 together = before - gasleft();
        items = mixed();
        before = gasleft();
        for (uint256 i = 0; i < 4; ++i) {
            market.settle(items[i]);
        }
        assertLe(together, before - gasleft() - 2 * 80_000, "two pairings less, at least");
    }

    function expectOnlyFailed(Settlement[] memory items, uint256 bad) private {
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        for (uint256 i = 0; i < items.length; ++i) {
            assertOutcome(outcomes[i], i == bad ? BatchOutcome.Failed : BatchOutcome.Settled);
        }
    }

    function proveAgain(Settlement[] memory items, uint256 i) private view {
        bytes32 context = market.contextOf(items[i].requestId, PROVER);
        items[i].proof = verifierOf(i).prove(items[i].input, items[i].output, context, verifierOf(i).tau() * 60, 60);
    }

    function expectInputMismatch(Settlement[] memory items, uint256 i) private {
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.BatchItemFailed(
            items[i].requestId,
            i,
            abi.encodeWithSelector(IMarketErrors.InputMismatch.selector, keccak256(input), keccak256(items[i].input))
        );
    }

    /// @dev Four new requests: models `first`, `second`, `otherString`, `first`, with valid proofs.
    function mixed() private returns (Settlement[] memory items) {
        items = new Settlement[](4);
        for (uint256 i = 0; i < 4; ++i) {
            RequestParams memory p = params(address(0));
            PairingVerifier checker = verifierOf(i);
            p.modelId = modelOf(checker);
            (bytes32 requestId, Request memory request) = submit(p);
            items[i] = settlement(requestId, request);
            items[i].proof = proofOf(items[i], checker, checker.tau() * (40 + i), 40 + i);
        }
    }

    function verifierOf(uint256 i) private view returns (PairingVerifier) {
        if (i == 1) return second;
        return i == 2 ? otherString : first;
    }

    function modelOf(PairingVerifier checker) private view returns (bytes32) {
        bytes32[] memory models = registry.getModels(1, 4);
        if (address(checker) == address(first)) return models[0];
        return address(checker) == address(second) ? models[1] : models[2];
    }

    function proofOf(Settlement memory item, PairingVerifier checker, uint256 a, uint256 p)
        private
        view
        returns (bytes memory)
    {
        return checker.prove(input, output, market.contextOf(item.requestId, PROVER), a, p);
    }

    function assertOutcome(BatchOutcome actual, BatchOutcome expected) private pure {
        assertEq(uint256(actual), uint256(expected), "outcome");
    }
}
