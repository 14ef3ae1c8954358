// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {Offer} from "../../contracts/types/Offer.sol";
import {Request, RequestParams, Settlement, Status} from "../../contracts/types/Request.sol";
import {
    BombConsumer,
    BurningConsumer,
    HungryConsumer,
    RecordingConsumer,
    ReenteringConsumer
} from "./support/Consumers.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract CallbackTest is MarketTest {
    /// What a settlement of this suite costs beside the callback: no callback ever took more than its limit and this.
    uint256 private constant SETTLE_GAS = 130_000;

    RecordingConsumer private consumer;

    function setUp() public override {
        super.setUp();
        consumer = new RecordingConsumer();
    }

    function test_callback_delivers() public {
        (bytes32 requestId, Request memory request) = submit(params(address(consumer)));
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CallbackSucceeded(requestId);
        market.settle(settlement(requestId, request));
        assertEq(consumer.calls(), 1, "calls");
        assertEq(consumer.lastRequestId(), requestId, "requestId");
        assertEq(consumer.lastModelId(), modelId, "modelId");
        assertEq(keccak256(consumer.lastOutput()), keccak256(output), "output");
        assertStatus(requestId, Status.Settled, "status");
        assertEq(market.resultHash(requestId), 0, "a delivered result is not kept");
    }

    function test_callback_failureIsRecordedAndTheProverPaid() public {
        (bytes32 requestId, Request memory request) = submit(params(address(consumer)));
        consumer.setRefuses(true);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CallbackFailed(requestId, abi.encodeWithSelector(RecordingConsumer.Refused.selector, 7));
        market.settle(settlement(requestId, request));
        assertStatus(requestId, Status.CallbackFailed, "status");
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid");
        assertEq(market.resultHash(requestId), keccak256(output), "result kept");
    }

    function test_retry_byAnyoneUntilItSucceedsOnce() public {
        (bytes32 requestId, Request memory request) = submit(params(address(consumer)));
        consumer.setRefuses(true);
        market.settle(settlement(requestId, request));
        vm.prank(RELAYER);
        assertTrue(!market.retryCallback(requestId, request, output), "refused again");
        assertStatus(requestId, Status.CallbackFailed, "still failed");
        consumer.setRefuses(false);
        vm.warp(uint256(request.deadline) + 1 days);
        vm.prank(RELAYER);
        assertTrue(market.retryCallback(requestId, request, output), "taken");
        assertStatus(requestId, Status.Settled, "settled");
        assertEq(consumer.calls(), 1, "one success");
        expectStatus(requestId, Status.CallbackFailed, Status.Settled);
        market.retryCallback(requestId, request, output);
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid once");
    }

    function test_retry_refusesOtherOutputsTermsAndStates() public {
        (bytes32 requestId, Request memory request) = submit(params(address(consumer)));
        expectStatus(requestId, Status.CallbackFailed, Status.Open);
        market.retryCallback(requestId, request, output);
        consumer.setRefuses(true);
        market.settle(settlement(requestId, request));
        vm.expectRevert(
            abi.encodeWithSelector(
                IMarketErrors.OutputMismatch.selector, keccak256(output), keccak256(hex"00000000")
            )
        );
        market.retryCallback(requestId, request, hex"00000000");
        Request memory other = request;
        other.callback = RELAYER;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.TermsMismatch.selector, requestId));
        market.retryCallback(requestId, other, output);
        other.callback = request.callback;
        expectStatus(requestId, Status.Open, Status.CallbackFailed);
        market.settle(settlement(requestId, request));
        vm.warp(uint256(request.deadline) + 1);
        expectStatus(requestId, Status.Open, Status.CallbackFailed);
        market.refund(requestId, request, "");
    }

    function test_callback_withoutCodeFailsAndCanBeRetriedOnceDeployed() public {
        address later = address(0x1a7e4);
        (bytes32 requestId, Request memory request) = submit(params(later));
        market.settle(settlement(requestId, request));
        assertStatus(requestId, Status.CallbackFailed, "no code");
        vm.etch(later, address(consumer).code);
        assertTrue(market.retryCallback(requestId, request, output), "taken");
        assertEq(RecordingConsumer(later).calls(), 1, "calls");
    }

    function test_callback_burnsAtMostItsLimit() public {
        settleWithin(address(new BurningConsumer()), Status.CallbackFailed);
    }

    function test_callback_revertBombCostsAtMostItsLimit() public {
        settleWithin(address(new BombConsumer(true)), Status.CallbackFailed);
    }

    function test_callback_returnBombCostsAtMostItsLimit() public {
        settleWithin(address(new BombConsumer(false)), Status.Settled);
    }

    function test_callback_reasonIsCut() public {
        RequestParams memory p = params(address(new BombConsumer(true)));
        (bytes32 requestId, Request memory request) = submit(p);
        // The bomb reverts with its memory from 0, which has Solidity's free pointer 0x80 in its third word.
        bytes memory reason = new bytes(100);
        reason[95] = 0x80;
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CallbackFailed(requestId, reason);
        market.settle(settlement(requestId, request));
    }

    /// At every gas the transaction could bring, the consumer gets its limit or the settlement reverts.
    function test_callback_cannotBeStarved() public {
        RequestParams memory p = params(address(new HungryConsumer(1_000_000)));
        p.callbackGasLimit = 1_000_000;
        (bytes32 requestId, Request memory request) = submit(p);
        bytes memory call = abi.encodeCall(market.settle, (settlement(requestId, request)));
        bool ok;
        // Around limit * 64/63, where the 63/64 rule bites.
        for (uint256 gasLimit = 990_000; !ok && gasLimit < 1_300_000; gasLimit += 250) {
            (ok,) = address(market).call{gas: gasLimit}(call);
        }
        assertTrue(ok, "enough gas at last");
        assertStatus(requestId, Status.Settled, "delivered");
    }

    function test_retry_cannotBeStarved() public {
        RequestParams memory p = params(address(0x1a7e4));
        p.callbackGasLimit = 1_000_000;
        (bytes32 requestId, Request memory request) = submit(p);
        market.settle(settlement(requestId, request));
        vm.etch(p.callback, address(new HungryConsumer(1_000_000)).code);
        bytes memory call = abi.encodeCall(market.retryCallback, (requestId, request, output));
        bool ok;
        for (uint256 gasLimit = 990_000; !ok && gasLimit < 1_300_000; gasLimit += 250) {
            (ok,) = address(market).call{gas: gasLimit}(call);
        }
        assertTrue(ok, "enough gas at last");
        assertStatus(requestId, Status.Settled, "delivered");
    }

    function test_callback_getsExactlyItsLimit() public {
        RequestParams memory p = params(address(consumer));
        p.callbackGasLimit = 300_000;
        (bytes32 requestId, Request memory request) = submit(p);
        market.settle{gas: 5_000_000}(settlement(requestId, request));
        assertLe(consumer.gasReceived(), 300_000, "not more");
        assertLe(299_000, consumer.gasReceived(), "not less");
    }

    function test_reentrancy_everyGuardedFunctionRefusesFromTheCallback() public {
        ReenteringConsumer attacker = new ReenteringConsumer(market);
        (bytes32 second, Request memory secondRequest) = submit(params(address(0)));
        Settlement[] memory batch = new Settlement[](1);
        batch[0] = settlement(second, secondRequest);
        Offer memory offer;
        bytes[] memory attacks = new bytes[](11);
        attacks[0] = abi.encodeCall(market.settle, (batch[0]));
        attacks[1] = abi.encodeCall(market.settleBatch, (batch, 1_000_000));
        attacks[2] = abi.encodeCall(market.refund, (second, secondRequest, ""));
        attacks[3] = abi.encodeCall(market.withdraw, (ETH, RELAYER, 0));
        attacks[4] = abi.encodeCall(market.release, (ETH, RELAYER));
        attacks[5] = abi.encodeCall(market.deposit, (ETH, RELAYER, 0));
        attacks[6] = abi.encodeCall(market.depositWithPermit, (RELAYER, 0, 0, 0, 0, 0));
        attacks[7] = abi.encodeCall(market.submitOffer, (offer));
        attacks[8] = abi.encodeCall(market.submitSigned, (offer, RELAYER, 0, type(uint40).max, ""));
        attacks[9] = abi.encodeCall(market.bumpFee, (second, secondRequest, "", 0));
        attacks[10] = abi.encodeCall(market.lock, (second, secondRequest, ""));
        for (uint256 i = 0; i < attacks.length; ++i) {
            RequestParams memory p = params(address(attacker));
            p.callbackGasLimit = 1_000_000;
            (bytes32 requestId, Request memory request) = submit(p);
            attacker.set(attacks[i], 0);
            market.settle(settlement(requestId, request));
            assertTrue(!attacker.attackOk(), "refused");
            assertEq(bytes32(bytes4(attacker.attackReason())), bytes32(IMarketErrors.Reentered.selector), "reason");
        }
        assertStatus(second, Status.Open, "untouched");
    }

    function test_reentrancy_retryFromTheCallbackRefuses() public {
        ReenteringConsumer attacker = new ReenteringConsumer(market);
        (bytes32 requestId, Request memory request) = submit(params(address(attacker)));
        attacker.set(abi.encodeCall(market.retryCallback, (requestId, request, output)), 0);
        market.settle(settlement(requestId, request));
        assertEq(attacker.calls(), 1, "delivered once");
        assertTrue(!attacker.attackOk(), "refused");
    }

    function test_reentrancy_guardedFunctionsRefuseFromARetry() public {
        address later = address(0x1a7e4);
        (bytes32 requestId, Request memory request) = submit(params(later));
        market.settle(settlement(requestId, request));
        vm.etch(later, address(new ReenteringConsumer(market)).code);
        ReenteringConsumer(payable(later)).set(abi.encodeCall(market.withdraw, (ETH, RELAYER, 0)), 0);
        assertTrue(market.retryCallback(requestId, request, output), "delivered");
        bytes memory reason = ReenteringConsumer(payable(later)).attackReason();
        assertEq(bytes32(bytes4(reason)), bytes32(IMarketErrors.Reentered.selector), "reason");
    }

    function test_reentrancy_consumerMayOpenTheNextRequest() public {
        ReenteringConsumer chained = new ReenteringConsumer{value: FEE}(market);
        RequestParams memory p = params(address(chained));
        (bytes32 requestId, Request memory request) = submit(p);
        chained.set(abi.encodeCall(market.submit, (p, input)), FEE);
        market.settle(settlement(requestId, request));
        assertTrue(chained.attackOk(), "opened");
        assertEq(market.requestCount(), 2, "requestCount");
        assertEq(address(market).balance, 2 * uint256(FEE), "both fees are there");
    }

    function settleWithin(address callback, Status expected) private {
        uint32[3] memory limits = [uint32(100_000), 1_000_000, 2_500_000];
        for (uint256 i = 0; i < limits.length; ++i) {
            RequestParams memory p = params(callback);
            p.callbackGasLimit = limits[i];
            (bytes32 requestId, Request memory request) = submit(p);
            Settlement memory s = settlement(requestId, request);
            uint256 before = gasleft();
            market.settle(s);
            assertLe(before - gasleft(), limits[i] + SETTLE_GAS, "gas");
            assertStatus(requestId, expected, "status");
        }
    }

    function expectStatus(bytes32 requestId, Status expected, Status actual) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, requestId, expected, actual)
        );
    }
}
