// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {Lock, Offer} from "../../contracts/types/Offer.sol";
import {Request, Settlement, Status} from "../../contracts/types/Request.sol";
import {OfferTest} from "./support/OfferTest.sol";
import {Vm} from "./support/Test.sol";
import {HookToken} from "./support/Tokens.sol";

contract LockTest is OfferTest {
    uint96 private constant COLLATERAL = 0.3 ether;
    uint32 private constant LOCK_SECONDS = 10 minutes;

    Offer private offer;
    bytes32 private requestId;
    Request private request;

    function setUp() public override {
        super.setUp();
        vm.deal(PROVER, COLLATERAL);
        Offer memory o = plainOffer();
        o.options.collateral = COLLATERAL;
        o.options.lockSeconds = LOCK_SECONDS;
        openLockable(o);
    }

    function test_lock_keepsOthersOut() public {
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.RequestLocked(requestId, PROVER, block.timestamp + LOCK_SECONDS, COLLATERAL);
        uint256 expiresAt = lockNow();
        Lock memory held = market.lockOf(requestId);
        assertEq(held.prover, PROVER, "prover");
        assertEq(held.lockedAt, block.timestamp, "lockedAt");
        assertEq(held.expiresAt, expiresAt, "expiresAt");
        Settlement memory s = settlementBy(RELAYER);
        vm.warp(expiresAt);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.LockedByOther.selector, requestId, PROVER, expiresAt)
        );
        market.settle(s);
    }

    function test_lock_returnsTheCollateralWithThePayment() public {
        vm.warp(lockNow());
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CollateralReturned(requestId, PROVER, COLLATERAL);
        market.settle(settlementBy(PROVER));
        assertEq(market.balanceOf(ETH, PROVER), FEE + COLLATERAL, "paid");
        assertEq(address(market).balance, FEE + COLLATERAL, "holdings");
    }

    function test_lock_expiredIsSharedWithTheRescuer() public {
        vm.warp(lockNow() + 1);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CollateralSlashed(requestId, PROVER, COLLATERAL / 2, COLLATERAL / 2);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, RELAYER), FEE + COLLATERAL / 2, "rescuer");
        assertEq(market.balanceOf(ETH, REQUESTER), COLLATERAL / 2, "refundee");
        assertEq(market.balanceOf(ETH, PROVER), 0, "locker");
    }

    function test_lock_expiredCostsTheLockerHalfWhenLate() public {
        vm.warp(lockNow() + 1);
        market.settle(settlementBy(PROVER));
        assertEq(market.balanceOf(ETH, PROVER), FEE + COLLATERAL / 2, "locker");
        assertEq(market.balanceOf(ETH, REQUESTER), COLLATERAL / 2, "refundee");
    }

    function test_lock_unsettledGoesToTheRefundee() public {
        lockNow();
        vm.warp(uint256(request.deadline) + 1);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CollateralSlashed(requestId, PROVER, 0, COLLATERAL);
        market.refund(requestId, request, encoded(offer.options));
        assertEq(market.balanceOf(ETH, REQUESTER), COLLATERAL, "collateral");
        assertEq(REQUESTER.balance, 1_000 ether, "fee");
        assertEq(address(market).balance, COLLATERAL, "holdings");
    }

    function test_lock_isNotLostToAPause() public {
        uint256 expiresAt = lockNow();
        vm.prank(GUARDIAN);
        market.pause(1 days);
        vm.warp(expiresAt + 1 days);
        if (block.timestamp <= request.deadline) revert("the pause outlasts the deadline");
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.CollateralReturned(requestId, PROVER, COLLATERAL);
        market.refund(requestId, request, encoded(offer.options));
        assertEq(market.balanceOf(ETH, PROVER), COLLATERAL, "returned");
    }

    function test_lock_isNotLostToARescuerAfterAPause() public {
        uint256 expiresAt = lockNow();
        vm.prank(GUARDIAN);
        market.pause(LOCK_SECONDS);
        vm.warp(expiresAt + 1);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, PROVER), COLLATERAL, "returned");
        assertEq(market.balanceOf(ETH, RELAYER), FEE, "rescuer");
    }

    function test_lock_isLostWhenThePauseCameLaterOrEarlier() public {
        vm.prank(GUARDIAN);
        market.pause(10);
        vm.warp(block.timestamp + 10);
        uint256 expiresAt = lockNow();
        vm.warp(expiresAt + 1);
        vm.prank(GUARDIAN);
        market.pause(10);
        vm.warp(expiresAt + 11);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, RELAYER), FEE + COLLATERAL / 2, "slashed");
    }

    /// The pause and the lock share their last second, and the other way round none.
    function test_lock_isNotLostToAPauseInItsLastSecond() public {
        uint256 expiresAt = lockNow();
        vm.warp(expiresAt);
        vm.prank(GUARDIAN);
        market.pause(10);
        vm.warp(expiresAt + 10);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, PROVER), COLLATERAL, "returned");
    }

    function test_lock_isLostWhenThePauseEndedAsItBegan() public {
        vm.prank(GUARDIAN);
        market.pause(10);
        vm.warp(block.timestamp + 10);
        vm.warp(lockNow() + 1);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, RELAYER), FEE + COLLATERAL / 2, "slashed");
    }

    function test_lock_sharesTheLastUnit() public {
        Offer memory o = offer;
        o.options.collateral = 2;
        openLockable(o);
        bytes memory options = encoded(o.options);
        vm.prank(PROVER);
        uint256 expiresAt = market.lock{value: 2}(requestId, request, options);
        vm.warp(expiresAt + 1);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, RELAYER), FEE + 1, "rescuer");
        assertEq(market.balanceOf(ETH, REQUESTER), 1, "refundee");
    }

    function test_lock_neverTakenReturnsNothing() public {
        vm.warp(uint256(request.deadline) + 1);
        vm.recordLogs();
        market.refund(requestId, request, encoded(offer.options));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            assertTrue(logs[i].topics[0] != IMarketEvents.CollateralReturned.selector, "announced");
        }
        assertTrue(logs.length > 0, "refund announced");
    }

    /// Ending a pause that is not on is no pause.
    function test_lock_isLostWhenTheGuardianOnlyEndedAPause() public {
        uint256 expiresAt = lockNow();
        vm.warp(block.timestamp + 10);
        vm.prank(GUARDIAN);
        market.pause(0);
        vm.warp(expiresAt + 1);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, RELAYER), FEE + COLLATERAL / 2, "slashed");
    }

    function test_lock_fixesThePrice() public {
        Offer memory o = offer;
        o.options.endFee = 0;
        o.options.priceFrom = uint40(block.timestamp);
        o.options.priceUntil = uint40(block.timestamp + 1000);
        openLockable(o);
        vm.warp(block.timestamp + 100);
        uint256 expiresAt = lockNow();
        vm.warp(expiresAt);
        (uint256 paid,) = market.quote(requestId, request, encoded(o.options), PROVER);
        assertEq(paid, 0.9 ether, "quote");
        market.settle(settlementBy(PROVER));
        assertEq(market.balanceOf(ETH, PROVER), 0.9 ether + COLLATERAL, "paid");
        assertEq(market.balanceOf(ETH, REQUESTER), 0.1 ether, "surplus");
    }

    function test_lock_expiredFixesNoPrice() public {
        Offer memory o = offer;
        o.options.endFee = 0;
        o.options.priceFrom = uint40(block.timestamp);
        o.options.priceUntil = uint40(block.timestamp + 1000);
        openLockable(o);
        lockNow();
        vm.warp(uint256(o.options.priceFrom) + 900);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, RELAYER), 0.1 ether + COLLATERAL / 2, "the price of now");
    }

    function test_lock_endsWithTheDeadline() public {
        vm.warp(request.deadline - 5);
        assertEq(lockNow(), request.deadline, "expiresAt");
    }

    function test_lock_inTheLastSecond() public {
        vm.warp(request.deadline);
        assertEq(lockNow(), request.deadline, "expiresAt");
    }

    function test_lock_byTheNamedProver() public {
        Offer memory o = offer;
        o.options.provers = bytes32(uint256(uint160(PROVER)));
        openLockable(o);
        assertEq(lockNow(), block.timestamp + LOCK_SECONDS, "expiresAt");
    }

    /// A pause that goes on is one pause, since its first second.
    function test_lock_isNotLostToAPauseThatWasProlonged() public {
        uint256 expiresAt = lockNow();
        vm.warp(expiresAt - 10);
        vm.prank(GUARDIAN);
        market.pause(100);
        vm.warp(expiresAt + 50);
        vm.prank(GUARDIAN);
        market.pause(100);
        vm.warp(expiresAt + 150);
        market.settle(settlementBy(RELAYER));
        assertEq(market.balanceOf(ETH, PROVER), COLLATERAL, "returned");
    }

    function test_lock_thatEndsSoonerDoesNotHastenACancellation() public {
        lockNow();
        vm.prank(REQUESTER);
        assertEq(market.cancel(requestId, request), block.timestamp + 15 minutes, "cancelAt");
    }

    function test_lock_onlyOnce() public {
        uint256 expiresAt = lockNow();
        vm.deal(RELAYER, COLLATERAL);
        vm.warp(expiresAt + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.AlreadyLocked.selector, requestId));
        vm.prank(RELAYER);
        market.lock{value: COLLATERAL}(requestId, request, encoded(offer.options));
    }

    function test_lock_refusesWithoutCollateral() public {
        bytes memory options = encoded(offer.options);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.InsufficientBalance.selector, ETH, RELAYER, 0, COLLATERAL)
        );
        vm.prank(RELAYER);
        market.lock(requestId, request, options);
    }

    function test_lock_refusesRequestsWithoutLock() public {
        (bytes32 id, Request memory r) = submit(params(address(0)));
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotLockable.selector, id));
        market.lock(id, r, "");
        Offer memory o = plainOffer();
        (id, r) = submitOffer(o);
        bytes memory options = encoded(o.options);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotLockable.selector, id));
        market.lock(id, r, options);
    }

    function test_lock_refusesProversNotAllowed() public {
        Offer memory o = offer;
        o.options.provers = bytes32(uint256(uint160(RELAYER)));
        openLockable(o);
        bytes memory options = encoded(o.options);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ProverNotAllowed.selector, requestId, PROVER));
        vm.prank(PROVER);
        market.lock{value: COLLATERAL}(requestId, request, options);
    }

    function test_lock_refusesExpiredCancelledPausedAndClosed() public {
        bytes memory options = encoded(offer.options);
        vm.warp(uint256(request.deadline) + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.RequestExpired.selector, requestId, request.deadline));
        market.lock(requestId, request, options);
        vm.warp(request.deadline - 10);
        vm.prank(GUARDIAN);
        market.pause(5);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.MarketPaused.selector, request.deadline - 5));
        market.lock(requestId, request, options);
        vm.warp(request.deadline - 5);
        vm.prank(REQUESTER);
        market.cancel(requestId, request);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NotLockable.selector, requestId));
        market.lock(requestId, request, options);
        market.settle(settlementBy(PROVER));
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, requestId, Status.Open, Status.Settled)
        );
        market.lock(requestId, request, options);
    }

    function test_lock_outlastsACancellation() public {
        Offer memory o = offer;
        o.options.lockSeconds = 30 minutes;
        openLockable(o);
        uint256 expiresAt = lockNow();
        vm.prank(REQUESTER);
        assertEq(market.cancel(requestId, request), expiresAt, "not before the lock ends");
        vm.warp(expiresAt);
        market.settle(settlementBy(PROVER));
        assertEq(market.balanceOf(ETH, PROVER), FEE + COLLATERAL, "paid");
    }

    function test_lock_tokenHookCannotReenter() public {
        HookToken token = new HookToken();
        token.mint(REQUESTER, FEE);
        token.mint(PROVER, COLLATERAL);
        vm.prank(REQUESTER);
        token.approve(address(market), FEE);
        vm.prank(PROVER);
        token.approve(address(market), COLLATERAL);
        Offer memory o = offer;
        o.options.token = address(token);
        openLockable(o);
        token.setHook(address(market), abi.encodeCall(market.withdraw, (ETH, RELAYER, 0)));
        bytes memory options = encoded(o.options);
        vm.prank(PROVER);
        market.lock(requestId, request, options);
        assertTrue(!token.attackOk(), "refused");
    }

    function openLockable(Offer memory o) private {
        offer = o;
        (requestId, request) = submitOffer(o);
    }

    function lockNow() private returns (uint256) {
        bytes memory options = encoded(offer.options);
        vm.prank(PROVER);
        return market.lock{value: COLLATERAL}(requestId, request, options);
    }

    function settlementBy(address prover) private view returns (Settlement memory s) {
        s = offerSettlement(requestId, request, offer.options);
        s.prover = prover;
        s.proof = prove(requestId, prover);
    }
}
