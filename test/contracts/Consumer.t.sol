// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CreditLoan} from "../../contracts/consumers/CreditLoan.sol";
import {DigitVault} from "../../contracts/consumers/DigitVault.sol";
import {ExampleExchange} from "../../contracts/consumers/ExampleExchange.sol";
import {ExampleToken} from "../../contracts/consumers/ExampleToken.sol";
import {InferenceConsumer} from "../../contracts/consumers/InferenceConsumer.sol";
import {InferenceReader} from "../../contracts/consumers/InferenceReader.sol";
import {InferenceRequester} from "../../contracts/consumers/InferenceRequester.sol";
import {IExchange, IToken, PortfolioRebalancer} from "../../contracts/consumers/PortfolioRebalancer.sol";
import {RequestMarket} from "../../contracts/RequestMarket.sol";
import {Request, RequestParams, Status} from "../../contracts/types/Request.sol";
import {RefusingReceiver} from "./support/Consumers.sol";
import {MarketTest} from "./support/MarketTest.sol";

/// Keeps the last output it fetched.
contract TestReader is InferenceReader {
    bytes public last;
    bytes32 public lastModel;

    constructor(RequestMarket market_) InferenceReader(market_) {}

    function ask(bytes32 modelId, bytes calldata input) external payable returns (bytes32) {
        return _request(modelId, input, msg.value, uint40(block.timestamp + 1 hours), msg.sender);
    }

    function _onInference(bytes32, bytes32 modelId, bytes calldata output) internal override {
        (last, lastModel) = (output, modelId);
    }
}

contract ConsumerTest is MarketTest {
    address private constant BORROWER = address(0xb0440);
    address private constant PLAYER = address(0x97a7);

    function test_loan_approvalReleasesThePrincipal() public {
        CreditLoan loan = newLoan(10 ether);
        bytes32 requestId = apply_(loan);
        answer(address(loan), requestId, abi.encodePacked(int32(50)), loan.CALLBACK_GAS());
        assertStatus(requestId, Status.Settled, "status");
        assertEq(BORROWER.balance, 4 ether, "released");
        (, CreditLoan.Decision decision, uint88 owed) = loan.applications(requestId);
        assertEq(uint256(decision), uint256(CreditLoan.Decision.Approved), "decision");
        assertEq(owed, 4 ether, "owed");
        vm.deal(BORROWER, 5 ether);
        vm.prank(BORROWER);
        loan.repay{value: 3 ether}(requestId);
        vm.prank(BORROWER);
        vm.expectRevert(abi.encodeWithSelector(CreditLoan.RepaymentTooLarge.selector, 2 ether, 1 ether));
        loan.repay{value: 2 ether}(requestId);
    }

    function test_loan_declines() public {
        CreditLoan loan = newLoan(10 ether);
        bytes32 requestId = apply_(loan);
        answer(address(loan), requestId, abi.encodePacked(int32(49)), loan.CALLBACK_GAS());
        (, CreditLoan.Decision decision,) = loan.applications(requestId);
        assertEq(uint256(decision), uint256(CreditLoan.Decision.Declined), "decision");
        assertEq(BORROWER.balance, 0, "nothing released");
    }

    function test_loan_waitsForThePool() public {
        CreditLoan loan = newLoan(1 ether);
        bytes32 requestId = apply_(loan);
        bytes memory approve = abi.encodePacked(int32(50));
        Request memory request = answer(address(loan), requestId, approve, loan.CALLBACK_GAS());
        assertStatus(requestId, Status.CallbackFailed, "the pool is too small");
        vm.deal(address(loan), 4 ether);
        assertTrue(market.retryCallback(requestId, request, approve), "retried");
        assertEq(BORROWER.balance, 4 ether, "released");
    }

    function test_loan_borrowerThatRefusesIsRetried() public {
        CreditLoan loan = newLoan(10 ether);
        RefusingReceiver borrower = new RefusingReceiver();
        vm.deal(address(this), 1 ether);
        bytes32 requestId = loan.applyFor{value: 1 ether}(address(borrower), input);
        bytes memory approve = abi.encodePacked(int32(50));
        Request memory request = answer(address(loan), requestId, approve, loan.CALLBACK_GAS());
        assertStatus(requestId, Status.CallbackFailed, "refused");
        borrower.setAccepts(true);
        assertTrue(market.retryCallback(requestId, request, approve), "retried");
        assertEq(address(borrower).balance, 4 ether, "released");
    }

    function test_loan_onlyTheUnderwriterApplies() public {
        CreditLoan loan = newLoan(10 ether);
        vm.expectRevert(abi.encodeWithSelector(CreditLoan.NotUnderwriter.selector, PLAYER));
        vm.prank(PLAYER);
        loan.applyFor(PLAYER, input);
    }

    function test_consumer_refusesEveryoneButTheMarket() public {
        CreditLoan loan = newLoan(10 ether);
        bytes32 requestId = apply_(loan);
        vm.expectRevert(abi.encodeWithSelector(InferenceConsumer.NotMarket.selector, address(this)));
        loan.onInference(requestId, modelId, abi.encodePacked(int32(50)));
    }

    /// Anyone may name the loan as callback of a request of their own: the loan must not act on it.
    function test_consumer_refusesRequestsOfOthers() public {
        CreditLoan loan = newLoan(10 ether);
        RequestParams memory p = params(address(loan));
        (bytes32 requestId, Request memory request) = submit(p);
        output = abi.encodePacked(int32(50));
        market.settle(settlement(requestId, request));
        assertStatus(requestId, Status.CallbackFailed, "refused");
        assertEq(BORROWER.balance, 0, "nothing released");
        vm.expectRevert(abi.encodeWithSelector(InferenceRequester.NotPending.selector, requestId));
        vm.prank(address(market));
        loan.onInference(requestId, modelId, output);
    }

    function test_vault_opensAfterTheWholeCode() public {
        DigitVault vault = newVault();
        play(vault, 3);
        assertEq(vault.progress(PLAYER), 1, "first digit");
        play(vault, 3);
        assertEq(vault.progress(PLAYER), 0, "a wrong digit starts over");
        play(vault, 3);
        play(vault, 1);
        assertEq(vault.unlockedBy(), PLAYER, "unlocked");
        vm.expectRevert(abi.encodeWithSelector(DigitVault.AlreadyUnlocked.selector, PLAYER));
        vault.attempt(input);
        vm.expectRevert(abi.encodeWithSelector(DigitVault.NotUnlockedBy.selector, address(this)));
        vault.empty(address(this));
        RefusingReceiver refusing = new RefusingReceiver();
        vm.expectRevert(abi.encodeWithSelector(DigitVault.RecipientRefused.selector, address(refusing)));
        vm.prank(PLAYER);
        vault.empty(address(refusing));
        vm.prank(PLAYER);
        vault.empty(RELAYER);
        assertEq(RELAYER.balance, 2 ether, "emptied");
    }

    function test_vault_refusesAnEmptyCode() public {
        vm.expectRevert(DigitVault.CodeEmpty.selector);
        new DigitVault(market, modelId, 1, "");
    }

    function test_vault_answersAfterUnlockingChangeNothing() public {
        DigitVault vault = newVault();
        vm.deal(PLAYER, 10 ether);
        vm.prank(PLAYER);
        bytes32 late = vault.attempt{value: 1 ether}(input);
        play(vault, 3);
        play(vault, 1);
        answerFrom(address(vault), PLAYER, late, hex"09000000", vault.CALLBACK_GAS(), 1 hours);
        assertEq(vault.unlockedBy(), PLAYER, "still");
    }

    function test_rebalancer_followsTheSignal() public {
        (PortfolioRebalancer fund, ExampleToken a, ExampleToken b) = newFund();
        signal(fund, 100);
        assertEq(fund.targetWeightBps(), 8_000, "most weight");
        // 100 A at price 2 and 200 B: 400 in all, 80 % of it is 160 A.
        assertEq(a.balanceOf(address(fund)), 160 ether, "A");
        assertEq(b.balanceOf(address(fund)), 80 ether, "B");
        signal(fund, 0);
        assertEq(a.balanceOf(address(fund)), 100 ether, "half");
        signal(fund, -100);
        assertEq(a.balanceOf(address(fund)), 40 ether, "least weight");
        signal(fund, -1000);
        assertEq(a.balanceOf(address(fund)), 40 ether, "nothing to trade");
        vm.expectRevert(abi.encodeWithSelector(PortfolioRebalancer.NotManager.selector, PLAYER));
        vm.prank(PLAYER);
        fund.withdraw(IToken(address(a)), 1);
        fund.withdraw(IToken(address(a)), 40 ether);
        assertEq(a.balanceOf(address(this)), 40 ether, "withdrawn");
    }

    function test_rebalancer_weightIsLinearAndClamped(int32 value) public {
        (PortfolioRebalancer fund,,) = newFund();
        uint256 weight = fund.weightFor(value);
        assertLe(weight, 8_000, "max");
        assertLe(2_000, weight, "min");
        if (value > -100 && value < 100) {
            assertEq(weight, 2_000 + uint256(6_000 * (int256(value) + 100)) / 200, "linear");
        }
    }

    function test_rebalancer_tradesNothingWhereTheDifferenceIsDust() public {
        (PortfolioRebalancer fund, ExampleToken a, ExampleToken b) = newFund();
        ExampleExchange exchange = ExampleExchange(address(fund.exchange()));
        // One unit of A is worth 2^64 units of B, so the surplus of A is worth less than its smallest unit.
        exchange.setPrice(2 ** 64 * 1 ether);
        fund.withdraw(IToken(address(b)), 200 ether);
        fund.withdraw(IToken(address(a)), 100 ether - 1);
        signal(fund, 100);
        assertEq(a.balanceOf(address(fund)), 1, "nothing traded");
    }

    function test_token_allowanceIsSpent() public {
        (, ExampleToken a,) = newFund();
        a.mint(address(this), 10);
        a.approve(PLAYER, 7);
        vm.prank(PLAYER);
        a.transferFrom(address(this), RELAYER, 4);
        assertEq(a.allowance(address(this), PLAYER), 3, "allowance");
        assertEq(a.balanceOf(RELAYER), 4, "moved");
        vm.expectRevert();
        vm.prank(PLAYER);
        a.transferFrom(address(this), RELAYER, 4);
    }

    function test_rebalancer_ignoresStaleSignals() public {
        (PortfolioRebalancer fund, ExampleToken a,) = newFund();
        bytes32 first = ask(fund);
        bytes32 second = ask(fund);
        answerFrom(address(fund), address(this), second, abi.encodePacked(int32(100)), fund.CALLBACK_GAS(), 1 hours);
        answerFrom(address(fund), address(this), first, abi.encodePacked(int32(-100)), fund.CALLBACK_GAS(), 1 hours);
        assertStatus(first, Status.Settled, "taken");
        assertEq(a.balanceOf(address(fund)), 160 ether, "the older signal changed nothing");
    }

    function test_rebalancer_refusesStrangersAndBadBands() public {
        (PortfolioRebalancer fund, ExampleToken a, ExampleToken b) = newFund();
        vm.expectRevert(abi.encodeWithSelector(PortfolioRebalancer.NotManager.selector, PLAYER));
        vm.prank(PLAYER);
        fund.requestSignal(input);
        for (uint256 i = 0; i < 4; ++i) {
            PortfolioRebalancer.Band memory band = PortfolioRebalancer.Band(-1, 1, 1, 2);
            if (i == 0) band.signalLow = 1;
            if (i == 1) band.minWeightBps = 3;
            if (i == 2) band.maxWeightBps = 10_001;
            vm.expectRevert(PortfolioRebalancer.BandInvalid.selector);
            new PortfolioRebalancer(
                market, modelId, 4, IToken(address(a)), IToken(address(b)), IExchange(address(a)), i == 3 ? 10_001 : 0, band
            );
        }
    }

    function test_rebalancer_slippageFailsTheCallback() public {
        (PortfolioRebalancer fund, ExampleToken a, ExampleToken b) = newFund();
        bytes32 requestId = ask(fund);
        // The exchange has nothing to give: the trade reverts, and with it the callback.
        ExampleExchange exchange = ExampleExchange(address(fund.exchange()));
        uint256 held = a.balanceOf(address(exchange));
        vm.prank(address(exchange));
        a.transfer(PLAYER, held);
        bytes memory up = abi.encodePacked(int32(100));
        Request memory request =
            answerFrom(address(fund), address(this), requestId, up, fund.CALLBACK_GAS(), 1 hours);
        assertStatus(requestId, Status.CallbackFailed, "no trade");
        assertEq(b.balanceOf(address(fund)), 200 ether, "nothing moved");
        vm.prank(PLAYER);
        a.transfer(address(exchange), held);
        assertTrue(market.retryCallback(requestId, request, up), "retried");
    }

    function test_exchange_guards() public {
        (PortfolioRebalancer fund, ExampleToken a,) = newFund();
        ExampleExchange exchange = ExampleExchange(address(fund.exchange()));
        vm.expectRevert(abi.encodeWithSelector(ExampleExchange.NotOwner.selector, PLAYER));
        vm.prank(PLAYER);
        exchange.setPrice(1);
        exchange.setPrice(3 ether);
        assertEq(exchange.priceOfA(), 3 ether, "price");
        vm.expectRevert(abi.encodeWithSelector(ExampleExchange.UnknownToken.selector, PLAYER));
        exchange.swap(PLAYER, 1, 0);
        vm.expectRevert(abi.encodeWithSelector(ExampleExchange.TooLittleOut.selector, 4, 3));
        exchange.swap(address(a), 1, 4);
        vm.expectRevert(abi.encodeWithSelector(ExampleToken.NotMinter.selector, PLAYER));
        vm.prank(PLAYER);
        a.mint(PLAYER, 1);
    }

    function test_reader_collectsOnceTheOutputIsSettled() public {
        TestReader reader = new TestReader(market);
        vm.deal(address(this), 1 ether);
        bytes32 requestId = reader.ask{value: 1 ether}(modelId, input);
        bytes memory result = abi.encodePacked(int32(5));
        vm.expectRevert(abi.encodeWithSelector(InferenceReader.NotSettledOutput.selector, requestId, bytes32(0)));
        reader.collect(requestId, result);
        answerFrom(address(reader), address(this), requestId, result, 0, 1 hours);
        vm.expectRevert(
            abi.encodeWithSelector(InferenceReader.NotSettledOutput.selector, requestId, keccak256(result))
        );
        reader.collect(requestId, abi.encodePacked(int32(6)));
        vm.prank(RELAYER);
        reader.collect(requestId, result);
        assertEq(keccak256(reader.last()), keccak256(result), "output");
        assertEq(reader.lastModel(), modelId, "model");
        vm.expectRevert(abi.encodeWithSelector(InferenceRequester.NotPending.selector, requestId));
        reader.collect(requestId, result);
    }

    function newLoan(uint256 pool) private returns (CreditLoan loan) {
        loan = new CreditLoan(market, modelId, 4, 50, 4 ether);
        vm.deal(address(this), pool);
        (bool ok,) = address(loan).call{value: pool}("");
        assertTrue(ok, "funded");
    }

    function apply_(CreditLoan loan) private returns (bytes32) {
        vm.deal(address(this), 1 ether);
        return loan.applyFor{value: 1 ether}(BORROWER, input);
    }

    function newVault() private returns (DigitVault vault) {
        vault = new DigitVault(market, modelId, 1, hex"0301");
        vm.deal(address(this), 2 ether);
        (bool ok,) = address(vault).call{value: 2 ether}("");
        assertTrue(ok, "funded");
    }

    /// One attempt whose logits are largest at `digit`, of four classes with one byte each.
    function play(DigitVault vault, uint256 digit) private {
        vm.deal(PLAYER, 1 ether);
        vm.prank(PLAYER);
        bytes32 requestId = vault.attempt{value: 1 ether}(input);
        bytes memory logits = hex"f0f0f0f0";
        logits[digit] = 0x7f;
        answerFrom(address(vault), PLAYER, requestId, logits, vault.CALLBACK_GAS(), 1 hours);
        assertStatus(requestId, Status.Settled, "delivered");
    }

    function newFund() private returns (PortfolioRebalancer fund, ExampleToken a, ExampleToken b) {
        a = new ExampleToken("Alpha", "A");
        b = new ExampleToken("Beta", "B");
        ExampleExchange exchange = new ExampleExchange(address(a), address(b), 2 ether);
        PortfolioRebalancer.Band memory band = PortfolioRebalancer.Band(-100, 100, 2_000, 8_000);
        fund = new PortfolioRebalancer(
            market, modelId, 4, IToken(address(a)), IToken(address(b)), exchange, 50, band
        );
        a.mint(address(fund), 100 ether);
        b.mint(address(fund), 200 ether);
        a.mint(address(exchange), 1_000 ether);
        b.mint(address(exchange), 1_000 ether);
    }

    function ask(PortfolioRebalancer fund) private returns (bytes32) {
        vm.deal(address(this), 1 ether);
        return fund.requestSignal{value: 1 ether}(input);
    }

    function signal(PortfolioRebalancer fund, int32 value) private {
        bytes32 requestId = ask(fund);
        answerFrom(
            address(fund), address(this), requestId, abi.encodePacked(value), fund.CALLBACK_GAS(), 1 hours
        );
        assertStatus(requestId, Status.Settled, "delivered");
    }

    function answer(address consumer, bytes32 requestId, bytes memory result, uint32 callbackGas)
        private
        returns (Request memory)
    {
        return answerFrom(consumer, address(this), requestId, result, callbackGas, 1 hours);
    }

    /// Settles a request that `consumer` opened, with `result` as the model's output.
    function answerFrom(
        address consumer,
        address refundee,
        bytes32 requestId,
        bytes memory result,
        uint32 callbackGas,
        uint256 lifetime
    ) private returns (Request memory request) {
        output = result;
        request = Request({
            requester: consumer,
            modelId: modelId,
            optionsHash: 0,
            inputHash: keccak256(input),
            refundee: refundee,
            callback: callbackGas == 0 ? address(0) : consumer,
            callbackGasLimit: callbackGas,
            deadline: uint40(block.timestamp + lifetime),
            fee: 1 ether
        });
        market.settle(settlement(requestId, request));
    }
}
