// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {Request, RequestParams, Status} from "../../contracts/types/Request.sol";
import {CostlyReceiver, HungryReceiver, ReenteringConsumer, RefusingReceiver} from "./support/Consumers.sol";
import {MarketTest} from "./support/MarketTest.sol";

contract RefundTest is MarketTest {
    bytes32 private requestId;
    Request private request;

    function test_refund_byAnyoneToTheRefundee() public {
        openFor(address(0xfeed));
        expire();
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.RequestRefunded(requestId, address(0xfeed), FEE);
        vm.prank(RELAYER);
        market.refund(requestId, request, "");
        assertEq(address(0xfeed).balance, FEE, "refundee");
        assertEq(address(market).balance, 0, "market");
        assertStatus(requestId, Status.Refunded, "status");
    }

    function test_refund_refusesUntilTheDeadlineHasPassed() public {
        openFor(REQUESTER);
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(uint256(request.deadline) - 1 + i);
            vm.expectRevert(
                abi.encodeWithSelector(IMarketErrors.RequestNotExpired.selector, requestId, request.deadline)
            );
            market.refund(requestId, request, "");
        }
        vm.warp(uint256(request.deadline) + 1);
        market.refund(requestId, request, "");
    }

    function test_refund_refusesTwice() public {
        openFor(REQUESTER);
        expire();
        market.refund(requestId, request, "");
        expectStatus(Status.Refunded);
        market.refund(requestId, request, "");
    }

    function test_refund_refusesAfterSettlement() public {
        openFor(REQUESTER);
        market.settle(settlement(requestId, request));
        expire();
        expectStatus(Status.Settled);
        market.refund(requestId, request, "");
    }

    function test_refund_refusesOtherTermsAndOptions() public {
        openFor(REQUESTER);
        expire();
        Request memory other = request;
        other.refundee = RELAYER;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.TermsMismatch.selector, requestId));
        market.refund(requestId, other, "");
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.OptionsMismatch.selector, requestId));
        market.refund(requestId, request, hex"00");
    }

    function test_refund_creditsARefundeeThatRefuses() public {
        RefusingReceiver receiver = new RefusingReceiver();
        openFor(address(receiver));
        expire();
        market.refund(requestId, request, "");
        assertEq(market.balanceOf(ETH, address(receiver)), FEE, "credited");
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.PaymentRefused.selector, address(receiver)));
        market.release(ETH, address(receiver));
        receiver.run(address(market), abi.encodeCall(market.withdraw, (ETH, RELAYER, FEE)));
        assertEq(RELAYER.balance, FEE, "withdrawn to another address");
    }

    function test_refund_creditsARefundeeThatNeedsMoreGas() public {
        CostlyReceiver receiver = new CostlyReceiver();
        openFor(address(receiver));
        expire();
        market.refund(requestId, request, "");
        assertEq(market.balanceOf(ETH, address(receiver)), FEE, "credited");
        vm.prank(RELAYER);
        market.release(ETH, address(receiver));
        assertEq(address(receiver).balance, FEE, "released by anyone");
    }

    /// A caller with too little gas must not turn a refund into a credit: every attempt reverts or pays.
    function test_refund_cannotBeStarved() public {
        HungryReceiver receiver = new HungryReceiver();
        openFor(address(receiver));
        expire();
        bytes memory call = abi.encodeCall(market.refund, (requestId, request, ""));
        bool ok;
        for (uint256 gasLimit = 20_000; !ok && gasLimit < 300_000; gasLimit += 250) {
            (ok,) = address(market).call{gas: gasLimit}(call);
        }
        assertTrue(ok, "enough gas at last");
        assertEq(address(receiver).balance, FEE, "paid");
        assertEq(market.balanceOf(ETH, address(receiver)), 0, "not credited");
    }

    /// An account that does not exist yet costs 25,000 more.
    function test_refund_toANewAccountCannotBeStarved() public {
        address fresh = address(0xf4e54);
        openFor(fresh);
        expire();
        bytes memory call = abi.encodeCall(market.refund, (requestId, request, ""));
        bool ok;
        for (uint256 gasLimit = 20_000; !ok && gasLimit < 300_000; gasLimit += 250) {
            (ok,) = address(market).call{gas: gasLimit}(call);
        }
        assertTrue(ok, "enough gas at last");
        assertEq(fresh.balance, FEE, "paid");
        assertEq(market.balanceOf(ETH, fresh), 0, "not credited");
    }

    function test_refund_reenteredPaysOnce() public {
        ReenteringConsumer receiver = new ReenteringConsumer(market);
        openFor(address(receiver));
        submit(params(address(0)));
        expire();
        receiver.set(abi.encodeCall(market.refund, (requestId, request, "")), 0);
        market.refund(requestId, request, "");
        assertTrue(!receiver.attackOk(), "refused");
        assertEq(bytes32(bytes4(receiver.attackReason())), bytes32(IMarketErrors.Reentered.selector), "reason");
        assertEq(address(receiver).balance, FEE, "paid once");
    }

    function openFor(address refundee) private {
        RequestParams memory p = params(address(0));
        p.refundee = refundee;
        (requestId, request) = submit(p);
    }

    function expire() private {
        vm.warp(uint256(request.deadline) + 1);
    }

    function expectStatus(Status actual) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, requestId, Status.Open, actual)
        );
    }
}
