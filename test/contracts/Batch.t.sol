// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {BatchOutcome, Request, RequestParams, Settlement, Status} from "../../contracts/types/Request.sol";
import {BurningConsumer, RecordingConsumer} from "./support/Consumers.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {OddVerifier, TestVerifier} from "./support/TestVerifier.sol";

contract BatchTest is MarketTest {
    uint256 private constant ITEM_GAS = 400_000;

    function test_batch_settlesAll() public {
        Settlement[] memory items = open(3);
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        for (uint256 i = 0; i < 3; ++i) {
            assertOutcome(outcomes[i], BatchOutcome.Settled);
            assertStatus(items[i].requestId, Status.Settled, "status");
        }
        assertEq(market.balanceOf(ETH, PROVER), 3 * uint256(FEE), "paid");
    }

    function test_batch_empty() public {
        assertEq(market.settleBatch(new Settlement[](0), ITEM_GAS).length, 0, "no outcomes");
    }

    function test_batch_badItemStopsNoOther() public {
        Settlement[] memory items = open(5);
        items[1].proof = hex"00";
        items[3].requestId = items[0].requestId;
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.BatchItemFailed(
            items[1].requestId, 1, abi.encodeWithSelector(TestVerifier.ProofInvalid.selector)
        );
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        for (uint256 i = 0; i < 5; ++i) {
            assertOutcome(outcomes[i], i == 1 || i == 3 ? BatchOutcome.Failed : BatchOutcome.Settled);
        }
        assertEq(market.balanceOf(ETH, PROVER), 3 * uint256(FEE), "paid");
    }

    function test_batch_sameItemTwicePaysOnce() public {
        Settlement[] memory items = open(2);
        items[1] = items[0];
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        assertOutcome(outcomes[0], BatchOutcome.Settled);
        assertOutcome(outcomes[1], BatchOutcome.Failed);
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid once");
    }

    function test_batch_burningItemStopsNoOther() public {
        OddVerifier odd = new OddVerifier();
        odd.set(1, true);
        RequestParams memory p = params(address(0));
        p.modelId = registry.register(modelParams(address(odd), odd.vkDigest()));
        (bytes32 requestId, Request memory request) = submit(p);
        Settlement[] memory items = open(3);
        items[1] = settlement(requestId, request);
        uint256 before = gasleft();
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        assertLe(before - gasleft(), 3 * ITEM_GAS, "a burning item costs at most its limit");
        assertOutcome(outcomes[0], BatchOutcome.Settled);
        assertOutcome(outcomes[1], BatchOutcome.Failed);
        assertOutcome(outcomes[2], BatchOutcome.Settled);
    }

    function test_batch_callbacksRunAndMayFail() public {
        RecordingConsumer good = new RecordingConsumer();
        Settlement[] memory items = new Settlement[](2);
        (bytes32 id, Request memory r) = submit(params(address(good)));
        items[0] = settlement(id, r);
        (id, r) = submit(params(address(new BurningConsumer())));
        items[1] = settlement(id, r);
        BatchOutcome[] memory outcomes = market.settleBatch(items, ITEM_GAS);
        assertOutcome(outcomes[0], BatchOutcome.Settled);
        assertOutcome(outcomes[1], BatchOutcome.Settled);
        assertEq(good.calls(), 1, "calls");
        assertStatus(id, Status.CallbackFailed, "status");
    }

    /// The item's limit covers its callback, so a batch cannot starve one either: the item fails as a whole.
    function test_batch_itemGasBelowTheCallbacksFailsTheItem() public {
        RecordingConsumer good = new RecordingConsumer();
        RequestParams memory p = params(address(good));
        p.callbackGasLimit = 1_000_000;
        (bytes32 id, Request memory r) = submit(p);
        Settlement[] memory items = new Settlement[](1);
        items[0] = settlement(id, r);
        assertOutcome(market.settleBatch(items, 900_000)[0], BatchOutcome.Failed);
        assertStatus(id, Status.Open, "still open");
        assertOutcome(market.settleBatch(items, 1_300_000)[0], BatchOutcome.Settled);
    }

    function test_batch_stopsWhereTheGasEnds() public {
        Settlement[] memory items = open(4);
        BatchOutcome[] memory outcomes = market.settleBatch{gas: 520_000}(items, ITEM_GAS);
        assertOutcome(outcomes[0], BatchOutcome.Settled);
        assertOutcome(outcomes[3], BatchOutcome.NotAttempted);
        assertStatus(items[3].requestId, Status.Open, "open");
        market.settle(items[3]);
    }

    function test_batch_refusesWhenPaused() public {
        Settlement[] memory items = open(1);
        vm.prank(GUARDIAN);
        market.pause(10);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.MarketPaused.selector, block.timestamp + 10));
        market.settleBatch(items, ITEM_GAS);
    }

    function open(uint256 n) private returns (Settlement[] memory items) {
        items = new Settlement[](n);
        for (uint256 i = 0; i < n; ++i) {
            (bytes32 requestId, Request memory request) = submit(params(address(0)));
            items[i] = settlement(requestId, request);
        }
    }

    function assertOutcome(BatchOutcome actual, BatchOutcome expected) private pure {
        assertEq(uint256(actual), uint256(expected), "outcome");
    }
}
