// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {Offer} from "../../contracts/types/Offer.sol";
import {Request, Settlement, Status} from "../../contracts/types/Request.sol";
import {OfferTest} from "./support/OfferTest.sol";
import {HookToken, PlainToken} from "./support/Tokens.sol";

contract AmendmentTest is OfferTest {
    bytes32 private requestId;
    Request private request;

    function setUp() public override {
        super.setUp();
        (requestId, request) = submit(params(address(0)));
        vm.deal(RELAYER, 100 ether);
    }

    function test_bump_raisesWhatTheProverGets() public {
        bump(0.5 ether);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.FeeBumped(requestId, RELAYER, 0.25 ether, 0.75 ether);
        bump(0.25 ether);
        assertEq(market.amendmentOf(requestId).extraFee, 0.75 ether, "extraFee");
        market.settle(settlement(requestId, request));
        assertEq(market.balanceOf(ETH, PROVER), 1.75 ether, "paid");
        assertEq(address(market).balance, 1.75 ether, "holdings");
    }

    function test_constants_areAsDocumented() public view {
        assertEq(market.CANCEL_SECONDS(), 15 minutes, "CANCEL_SECONDS");
        assertEq(market.REFUND_GAS(), 30_000, "REFUND_GAS");
        assertEq(market.MAX_PAUSE_SECONDS(), 7 days, "MAX_PAUSE_SECONDS");
        assertEq(market.MAX_CALLBACK_GAS(), 10_000_000, "MAX_CALLBACK_GAS");
        assertEq(market.MAX_LIFETIME_SECONDS(), 365 days, "MAX_LIFETIME_SECONDS");
    }

    function test_bump_inTheLastSecondUpToTheLastWei() public {
        vm.warp(request.deadline);
        uint96 amount = type(uint96).max - FEE;
        vm.deal(RELAYER, amount);
        bump(amount);
        market.settle(settlement(requestId, request));
        assertEq(market.balanceOf(ETH, PROVER), type(uint96).max, "paid");
    }

    function test_bump_refundReturnsEverything() public {
        bump(0.5 ether);
        vm.warp(uint256(request.deadline) + 1);
        market.refund(requestId, request, "");
        assertEq(REQUESTER.balance, 1_000.5 ether, "fee and bump");
        assertEq(market.amendmentOf(requestId).extraFee, 0, "cleared");
        assertEq(address(market).balance, 0, "nothing left");
    }

    function test_bump_refusesWrongValue() public {
        vm.prank(RELAYER);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ValueMismatch.selector, 2, 1));
        market.bumpFee{value: 1}(requestId, request, "", 2);
        vm.prank(RELAYER);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InsufficientBalance.selector, ETH, RELAYER, 0, 2));
        market.bumpFee(requestId, request, "", 2);
    }

    function test_bump_refusesAboveThe96thBit() public {
        uint96 amount = type(uint96).max - FEE + 1;
        vm.deal(RELAYER, amount);
        vm.prank(RELAYER);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.FeeTooLarge.selector, uint256(type(uint96).max) + 1));
        market.bumpFee{value: amount}(requestId, request, "", amount);
    }

    function test_bump_refusesExpiredCancelledAndClosed() public {
        vm.warp(uint256(request.deadline) + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.RequestExpired.selector, requestId, request.deadline));
        market.bumpFee(requestId, request, "", 0);
        vm.warp(request.deadline);
        vm.prank(REQUESTER);
        market.cancel(requestId, request);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.AlreadyCancelled.selector, requestId));
        market.bumpFee(requestId, request, "", 0);
        market.settle(settlement(requestId, request));
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, requestId, Status.Open, Status.Settled)
        );
        market.bumpFee(requestId, request, "", 0);
    }

    function test_bump_inTheOffersToken() public {
        PlainToken token = new PlainToken();
        token.mint(REQUESTER, 2 * uint256(FEE));
        vm.prank(REQUESTER);
        token.approve(address(market), type(uint256).max);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        (bytes32 id, Request memory r) = submitOffer(offer);
        vm.prank(REQUESTER);
        market.bumpFee(id, r, encoded(offer.options), FEE);
        market.settle(offerSettlement(id, r, offer.options));
        assertEq(market.balanceOf(address(token), PROVER), 2 * uint256(FEE), "paid");
    }

    function test_bump_tokenHookCannotReenter() public {
        HookToken token = new HookToken();
        token.mint(REQUESTER, 2 * uint256(FEE));
        vm.prank(REQUESTER);
        token.approve(address(market), type(uint256).max);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        (bytes32 id, Request memory r) = submitOffer(offer);
        token.setHook(address(market), abi.encodeCall(market.withdraw, (ETH, RELAYER, 0)));
        vm.prank(REQUESTER);
        market.bumpFee(id, r, encoded(offer.options), FEE);
        assertTrue(!token.attackOk(), "refused");
    }

    function test_cancel_leavesTimeForAProofOnItsWay() public {
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CancelRequested(requestId, block.timestamp + 15 minutes);
        uint256 cancelAt = cancelNow();
        assertEq(cancelAt, block.timestamp + 15 minutes, "cancelAt");
        assertEq(market.amendmentOf(requestId).cancelAt, cancelAt, "amendment");
        vm.warp(cancelAt);
        market.settle(settlement(requestId, request));
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid");
    }

    function test_cancel_refundsAfterTheCoolDown() public {
        uint256 cancelAt = cancelNow();
        vm.warp(cancelAt);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.RequestNotExpired.selector, requestId, cancelAt));
        market.refund(requestId, request, "");
        vm.warp(cancelAt + 1);
        Settlement memory s = settlement(requestId, request);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.RequestExpired.selector, requestId, cancelAt));
        market.settle(s);
        market.refund(requestId, request, "");
        assertEq(REQUESTER.balance, 1_000 ether, "refunded");
    }

    function test_cancel_withBumpRefundsBoth() public {
        bump(0.5 ether);
        uint256 cancelAt = cancelNow();
        assertEq(market.amendmentOf(requestId).extraFee, 0.5 ether, "the bump is kept");
        vm.warp(cancelAt + 1);
        market.refund(requestId, request, "");
        assertEq(REQUESTER.balance, 1_000.5 ether, "refunded");
        assertEq(market.amendmentOf(requestId).cancelAt, 0, "cleared");
    }

    function test_cancel_neverMovesTheDeadlineBack() public {
        vm.warp(request.deadline - 1);
        assertEq(cancelNow(), request.deadline, "the deadline is sooner");
    }

    function test_cancel_afterTheDeadlineChangesNothing() public {
        vm.warp(uint256(request.deadline) + 1);
        assertEq(cancelNow(), request.deadline, "the deadline stays");
        market.refund(requestId, request, "");
    }

    function test_cancel_refusesOthersRepeatsAndClosed() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotRequester.selector, requestId, RELAYER));
        vm.prank(RELAYER);
        market.cancel(requestId, request);
        Request memory other = request;
        other.requester = RELAYER;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.TermsMismatch.selector, requestId));
        vm.prank(RELAYER);
        market.cancel(requestId, other);
        cancelNow();
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.AlreadyCancelled.selector, requestId));
        cancelNow();
        market.settle(settlement(requestId, request));
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, requestId, Status.Open, Status.Settled)
        );
        cancelNow();
    }

    function bump(uint96 amount) private {
        vm.prank(RELAYER);
        market.bumpFee{value: amount}(requestId, request, "", amount);
    }

    function cancelNow() private returns (uint256) {
        vm.prank(REQUESTER);
        return market.cancel(requestId, request);
    }
}
