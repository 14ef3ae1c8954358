// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {SafeTransfer} from "../../contracts/libraries/SafeTransfer.sol";
import {RefusingReceiver, ReenteringConsumer} from "./support/Consumers.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {
    BlockingToken,
    BonusToken,
    FalseToken,
    FeeToken,
    HookToken,
    PlainToken,
    SilentToken
} from "./support/Tokens.sol";

contract FundsTest is MarketTest {
    uint256 private constant OWNER_KEY = 0xa11ce5;

    function test_deposit_eth() public {
        vm.deal(address(this), 5);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.Deposited(ETH, PROVER, 5);
        assertEq(market.deposit{value: 5}(ETH, PROVER, 5), 5, "received");
        assertEq(market.balanceOf(ETH, PROVER), 5, "balance");
    }

    function test_deposit_refusesOtherValues() public {
        vm.deal(address(this), 10);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ValueMismatch.selector, 5, 4));
        market.deposit{value: 4}(ETH, PROVER, 5);
        address token = address(new PlainToken());
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ValueMismatch.selector, 0, 1));
        market.deposit{value: 1}(token, PROVER, 5);
        vm.expectRevert(IMarketErrors.ZeroAddress.selector);
        market.deposit{value: 1}(ETH, address(0), 1);
    }

    function test_deposit_refusesPlainTransfersOfEth() public {
        vm.deal(address(this), 1);
        (bool ok,) = address(market).call{value: 1}("");
        assertTrue(!ok, "no receive function");
    }

    function test_deposit_token() public {
        PlainToken token = funded(new PlainToken());
        assertEq(market.deposit(address(token), PROVER, 100), 100, "received");
        assertEq(market.balanceOf(address(token), PROVER), 100, "balance");
        assertEq(market.balanceOf(ETH, PROVER), 0, "per token");
    }

    function test_deposit_creditsWhatArrives() public {
        FeeToken feeToken = FeeToken(address(funded(new FeeToken())));
        assertEq(market.deposit(address(feeToken), PROVER, 1_000), 990, "received");
        assertEq(market.balanceOf(address(feeToken), PROVER), 990, "balance");
        BonusToken bonusToken = BonusToken(address(funded(new BonusToken())));
        assertEq(market.deposit(address(bonusToken), PROVER, 1_000), 1_001, "bonus");
    }

    function test_deposit_silentToken() public {
        SilentToken token = new SilentToken();
        token.mint(address(this), 100);
        market.deposit(address(token), PROVER, 100);
        vm.prank(PROVER);
        market.withdraw(address(token), RELAYER, 60);
        assertEq(token.balanceOf(RELAYER), 60, "withdrawn");
    }

    function test_deposit_refusesFalseTokensAndNonTokens() public {
        address token = address(funded(new FalseToken()));
        expectTransferFailed(token);
        market.deposit(token, PROVER, 100);
        expectTransferFailed(PROVER);
        market.deposit(PROVER, PROVER, 100);
    }

    function test_deposit_refusesWithoutAllowanceOrBalance() public {
        PlainToken token = new PlainToken();
        expectTransferFailed(address(token));
        market.deposit(address(token), PROVER, 100);
    }

    /// A hook that deposits within a deposit would be measured twice.
    function test_deposit_refusesNesting() public {
        HookToken token = HookToken(address(funded(new HookToken())));
        token.mint(address(token), 100);
        vm.prank(address(token));
        token.approve(address(market), 100);
        token.setHook(address(market), abi.encodeCall(market.deposit, (address(token), PROVER, 100)));
        market.deposit(address(token), PROVER, 100);
        assertTrue(!token.attackOk(), "refused");
        assertEq(market.balanceOf(address(token), PROVER), 100, "measured once");
    }

    function test_permit_deposits() public {
        PlainToken token = new PlainToken();
        address owner = vm.addr(OWNER_KEY);
        token.mint(owner, 100);
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(OWNER_KEY, token.permitDigest(owner, address(market), 100, block.timestamp));
        vm.prank(owner);
        assertEq(market.depositWithPermit(address(token), 100, block.timestamp, v, r, s), 100, "received");
        assertEq(market.balanceOf(address(token), owner), 100, "balance");
    }

    function test_permit_survivesBeingUsedByAnother() public {
        PlainToken token = new PlainToken();
        address owner = vm.addr(OWNER_KEY);
        token.mint(owner, 100);
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(OWNER_KEY, token.permitDigest(owner, address(market), 100, block.timestamp));
        vm.prank(RELAYER);
        token.permit(owner, address(market), 100, block.timestamp, v, r, s);
        vm.prank(owner);
        market.depositWithPermit(address(token), 100, block.timestamp, v, r, s);
        assertEq(market.balanceOf(address(token), owner), 100, "balance");
    }

    function test_permit_refusesWithoutAllowance() public {
        PlainToken token = new PlainToken();
        token.mint(address(this), 100);
        expectTransferFailed(address(token));
        market.depositWithPermit(address(token), 100, block.timestamp, 27, 0, 0);
        vm.expectRevert(IMarketErrors.ZeroAddress.selector);
        market.depositWithPermit(ETH, 100, block.timestamp, 27, 0, 0);
    }

    function test_withdraw_eth() public {
        give(PROVER, 10);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.Withdrawn(ETH, PROVER, RELAYER, 4);
        vm.prank(PROVER);
        market.withdraw(ETH, RELAYER, 4);
        assertEq(RELAYER.balance, 4, "paid");
        assertEq(market.balanceOf(ETH, PROVER), 6, "rest");
    }

    function test_withdraw_refusesMoreThanTheBalance() public {
        give(PROVER, 10);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InsufficientBalance.selector, ETH, PROVER, 10, 11));
        vm.prank(PROVER);
        market.withdraw(ETH, RELAYER, 11);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InsufficientBalance.selector, ETH, RELAYER, 0, 1));
        vm.prank(RELAYER);
        market.withdraw(ETH, RELAYER, 1);
        vm.expectRevert(IMarketErrors.ZeroAddress.selector);
        vm.prank(PROVER);
        market.withdraw(ETH, address(0), 1);
    }

    function test_withdraw_refusedByTheRecipientChangesNothing() public {
        RefusingReceiver receiver = new RefusingReceiver();
        give(PROVER, 10);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.PaymentRefused.selector, address(receiver)));
        vm.prank(PROVER);
        market.withdraw(ETH, address(receiver), 10);
        assertEq(market.balanceOf(ETH, PROVER), 10, "kept");
    }

    function test_withdraw_reenteredPaysOnce() public {
        ReenteringConsumer attacker = new ReenteringConsumer(market);
        give(address(attacker), 10);
        give(PROVER, 90);
        attacker.set(abi.encodeCall(market.withdraw, (ETH, address(attacker), 10)), 0);
        vm.prank(address(attacker));
        market.withdraw(ETH, address(attacker), 10);
        assertTrue(!attacker.attackOk(), "refused");
        assertEq(address(attacker).balance, 10, "paid once");
        assertEq(address(market).balance, 90, "the rest is there");
    }

    function test_withdraw_blockedAccountStopsOnlyItself() public {
        BlockingToken token = BlockingToken(address(funded(new BlockingToken())));
        market.deposit(address(token), PROVER, 50);
        market.deposit(address(token), RELAYER, 50);
        token.setBlocked(PROVER);
        expectTransferFailed(address(token));
        vm.prank(PROVER);
        market.withdraw(address(token), PROVER, 50);
        vm.prank(PROVER);
        market.withdraw(address(token), REQUESTER, 50);
        vm.prank(RELAYER);
        market.withdraw(address(token), RELAYER, 50);
        assertEq(token.balanceOf(address(market)), 0, "all paid");
    }

    function test_release_byAnyonePaysTheOwner() public {
        give(PROVER, 10);
        vm.prank(RELAYER);
        assertEq(market.release(ETH, PROVER), 10, "amount");
        assertEq(PROVER.balance, 10, "paid");
        assertEq(market.release(ETH, PROVER), 0, "nothing twice");
        assertEq(PROVER.balance, 10, "still");
    }

    function funded(PlainToken token) private returns (PlainToken) {
        token.mint(address(this), 10_000);
        token.approve(address(market), type(uint256).max);
        return token;
    }

    function give(address account, uint256 amount) private {
        vm.deal(address(this), amount);
        market.deposit{value: amount}(ETH, account, amount);
    }

    function expectTransferFailed(address token) private {
        vm.expectRevert(abi.encodeWithSelector(SafeTransfer.TransferFailed.selector, token));
    }
}
