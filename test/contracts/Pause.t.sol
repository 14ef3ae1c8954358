// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RequestMarket} from "../../contracts/RequestMarket.sol";
import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {Request, Settlement, Status} from "../../contracts/types/Request.sol";
import {RecordingConsumer} from "./support/Consumers.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract PauseTest is MarketTest {
    function test_pause_stopsRequestsSettlementsAndRetries() public {
        RecordingConsumer consumer = new RecordingConsumer();
        consumer.setRefuses(true);
        (bytes32 failed, Request memory failedRequest) = submit(params(address(consumer)));
        market.settle(settlement(failed, failedRequest));
        (bytes32 requestId, Request memory request) = submit(params(address(0)));
        Settlement memory s = settlement(requestId, request);
        pauseFor(100);
        expectPaused(100);
        market.submit(params(address(0)), input);
        expectPaused(100);
        market.settle(s);
        expectPaused(100);
        market.retryCallback(failed, failedRequest, output);
        vm.warp(block.timestamp + 100);
        market.settle(s);
        market.submit(params(address(0)), input);
    }

    function test_pause_neverStopsMoneyFromLeaving() public {
        (bytes32 settled, Request memory settledRequest) = submit(params(address(0)));
        market.settle(settlement(settled, settledRequest));
        (bytes32 requestId, Request memory request) = submit(params(address(0)));
        (bytes32 other, Request memory otherRequest) = submit(params(address(0)));
        pauseFor(7 days);
        vm.prank(REQUESTER);
        uint256 cancelAt = market.cancel(other, otherRequest);
        vm.warp(cancelAt + 1);
        market.refund(other, otherRequest, "");
        vm.warp(uint256(request.deadline) + 1);
        market.refund(requestId, request, "");
        vm.prank(PROVER);
        market.withdraw(ETH, PROVER, 0.5 ether);
        market.release(ETH, PROVER);
        assertEq(address(market).balance, 0, "all money left");
        market.deposit(ETH, PROVER, 0);
    }

    function test_pause_endsByItself() public {
        pauseFor(type(uint256).max);
        uint256 until = market.pausedUntil();
        assertEq(until, block.timestamp + market.MAX_PAUSE_SECONDS(), "cut to the maximum");
        vm.warp(until);
        submit(params(address(0)));
    }

    function test_pause_canBeEnded() public {
        pauseFor(100);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.PauseSet(block.timestamp);
        pauseFor(0);
        submit(params(address(0)));
    }

    function test_pause_keepsTheRequestCount() public {
        submit(params(address(0)));
        pauseFor(100);
        assertEq(market.requestCount(), 1, "requestCount");
    }

    function test_guardian_only() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotGuardian.selector, RELAYER));
        vm.prank(RELAYER);
        market.pause(1);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotGuardian.selector, RELAYER));
        vm.prank(RELAYER);
        market.setGuardian(RELAYER);
    }

    function test_guardian_handsOnAndGivesUp() public {
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.GuardianSet(RELAYER);
        vm.prank(GUARDIAN);
        market.setGuardian(RELAYER);
        assertEq(market.guardian(), RELAYER, "guardian");
        vm.prank(RELAYER);
        market.setGuardian(address(0));
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotGuardian.selector, RELAYER));
        vm.prank(RELAYER);
        market.pause(1);
    }

    function test_guardian_mayBeNobody() public {
        vm.recordLogs();
        RequestMarket free = new RequestMarket(registry, address(0));
        assertEq(vm.getRecordedLogs()[0].topics[0], IMarketEvents.GuardianSet.selector, "announced");
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotGuardian.selector, address(this)));
        free.pause(1);
    }

    function pauseFor(uint256 durationSeconds) private {
        vm.prank(GUARDIAN);
        market.pause(durationSeconds);
    }

    function expectPaused(uint256 durationSeconds) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.MarketPaused.selector, block.timestamp + durationSeconds)
        );
    }
}
