// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {Price} from "../../contracts/libraries/Price.sol";
import {Offer, Options} from "../../contracts/types/Offer.sol";
import {Request, Settlement, Status} from "../../contracts/types/Request.sol";
import {OfferTest} from "./support/OfferTest.sol";
import {Vm} from "./support/Test.sol";
import {BonusToken, FeeToken, HookToken, PlainToken} from "./support/Tokens.sol";

contract OfferSubmitTest is OfferTest {
    function test_offer_emitsTermsOptionsAndInput() public {
        Offer memory offer = plainOffer();
        offer.inputURI = "https://inputs.example/1";
        submit(params(address(0)));
        Request memory request = offerTerms(offer);
        bytes32 hash = keccak256(abi.encode(block.chainid, address(market), request));
        bytes32 expectedId = bytes32((uint256(hash) >> 32) << 32 | 1);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.OfferSubmitted(
            expectedId, modelId, REQUESTER, request, offer.options, input, offer.inputURI
        );
        (bytes32 requestId,) = submitOffer(offer);
        assertEq(requestId, expectedId, "id");
    }

    function test_offer_settles() public {
        Offer memory offer = plainOffer();
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        market.settle(offerSettlement(requestId, request, offer.options));
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid");
        assertStatus(requestId, Status.Settled, "status");
    }

    function test_offer_refusesOtherOptionsOrNone() public {
        Offer memory offer = plainOffer();
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        offer.options.endFee -= 1;
        Settlement memory s = offerSettlement(requestId, request, offer.options);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.OptionsMismatch.selector, requestId));
        market.settle(s);
        s.options = "";
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.OptionsMismatch.selector, requestId));
        market.settle(s);
    }

    function test_offer_inputByHash() public {
        Offer memory offer = plainOffer();
        offer.input = "";
        offer.inputHash = keccak256(input);
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        market.settle(offerSettlement(requestId, request, offer.options));
        assertStatus(requestId, Status.Settled, "status");
    }

    function test_offer_hashedInputOfWrongLengthCannotSettle() public {
        Offer memory offer = plainOffer();
        input = hex"01";
        offer.input = "";
        offer.inputHash = keccak256(input);
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        Settlement memory s = offerSettlement(requestId, request, offer.options);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InputLengthMismatch.selector, 8, 1));
        market.settle(s);
    }

    function test_offer_refusesMissingOrWrongHash() public {
        Offer memory offer = plainOffer();
        offer.inputHash = keccak256("other");
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.InputHashMismatch.selector, offer.inputHash, keccak256(input))
        );
        market.submitOffer(offer);
        offer.inputHash = 0;
        offer.input = "";
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InputHashMismatch.selector, 0, 0));
        market.submitOffer(offer);
        offer.input = hex"01";
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InputLengthMismatch.selector, 8, 1));
        market.submitOffer(offer);
    }

    function test_offer_refusesBadOptions() public {
        Offer memory offer = plainOffer();
        offer.options.priceFrom = 2;
        offer.options.priceUntil = 1;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.PriceWindowInvalid.selector, 2, 1));
        market.submitOffer(offer);
        offer = plainOffer();
        offer.options.collateral = 1;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.LockTermsInvalid.selector, 1, 0));
        market.submitOffer(offer);
        offer.options.collateral = 0;
        offer.options.lockSeconds = 1;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.LockTermsInvalid.selector, 0, 1));
        market.submitOffer(offer);
        offer = plainOffer();
        offer.params.deadline = uint40(block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.DeadlineInPast.selector, block.timestamp, block.timestamp)
        );
        market.submitOffer(offer);
    }

    function test_offer_paysFromBalanceOrValue() public {
        Offer memory offer = plainOffer();
        vm.prank(REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InsufficientBalance.selector, ETH, REQUESTER, 0, FEE));
        market.submitOffer(offer);
        vm.prank(REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ValueMismatch.selector, FEE, FEE - 1));
        market.submitOffer{value: FEE - 1}(offer);
        vm.prank(REQUESTER);
        market.deposit{value: FEE}(ETH, REQUESTER, FEE);
        vm.prank(REQUESTER);
        market.submitOffer(offer);
        assertEq(market.balanceOf(ETH, REQUESTER), 0, "debited");
    }

    function test_offer_inTokens() public {
        PlainToken token = new PlainToken();
        token.mint(REQUESTER, FEE);
        vm.prank(REQUESTER);
        token.approve(address(market), FEE);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        assertEq(token.balanceOf(address(market)), FEE, "escrow");
        market.settle(offerSettlement(requestId, request, offer.options));
        assertEq(market.balanceOf(address(token), PROVER), FEE, "paid in tokens");
        assertEq(market.balanceOf(ETH, PROVER), 0, "not in ETH");
        market.release(address(token), PROVER);
        assertEq(token.balanceOf(PROVER), FEE, "withdrawn");
    }

    /// A token that brings more than was asked for: all above the fee is the payer's, to the last unit.
    function test_offer_inTokensCreditsWhatCameAboveTheFee() public {
        BonusToken token = new BonusToken();
        token.mint(REQUESTER, FEE);
        vm.prank(REQUESTER);
        token.approve(address(market), FEE);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.Credited(address(token), REQUESTER, 1);
        submitOffer(offer);
        assertEq(market.balanceOf(address(token), REQUESTER), 1, "the rest");
    }

    function test_offer_withoutSurplusCreditsNobody() public {
        (bytes32 requestId, Request memory request) = submitOffer(plainOffer());
        vm.recordLogs();
        market.settle(offerSettlement(requestId, request, plainOffer().options));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            assertTrue(logs[i].topics[0] != IMarketEvents.Credited.selector, "no credit of nothing");
        }
    }

    function test_offer_inTokensFromBalance() public {
        PlainToken token = new PlainToken();
        token.mint(address(this), FEE);
        token.approve(address(market), FEE);
        market.deposit(address(token), REQUESTER, FEE);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        submitOffer(offer);
        assertEq(market.balanceOf(address(token), REQUESTER), 0, "debited");
    }

    function test_offer_inTokensRefundsToTheBalance() public {
        PlainToken token = new PlainToken();
        token.mint(REQUESTER, FEE);
        vm.prank(REQUESTER);
        token.approve(address(market), FEE);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        vm.warp(uint256(request.deadline) + 1);
        market.refund(requestId, request, encoded(offer.options));
        assertEq(market.balanceOf(address(token), REQUESTER), FEE, "credited");
        assertEq(REQUESTER.balance, 1_000 ether, "no ETH moved");
    }

    function test_offer_refusesValueWithTokensAndShortTokens() public {
        FeeToken token = new FeeToken();
        token.mint(REQUESTER, 2 * uint256(FEE));
        vm.prank(REQUESTER);
        token.approve(address(market), type(uint256).max);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        vm.prank(REQUESTER);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ValueMismatch.selector, 0, 1));
        market.submitOffer{value: 1}(offer);
        vm.prank(REQUESTER);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMarketErrors.ReceivedTooLittle.selector, address(token), FEE, FEE - uint256(FEE) / 100
            )
        );
        market.submitOffer(offer);
    }

    function test_offer_tokenHookCannotReenter() public {
        HookToken token = new HookToken();
        token.mint(REQUESTER, FEE);
        vm.prank(REQUESTER);
        token.approve(address(market), FEE);
        Offer memory offer = plainOffer();
        offer.options.token = address(token);
        token.setHook(address(market), abi.encodeCall(market.submitOffer, (offer)));
        submitOffer(offer);
        assertTrue(!token.attackOk(), "refused");
        assertEq(market.requestCount(), 1, "one request");
    }

    function test_provers_named() public {
        Offer memory offer = plainOffer();
        offer.options.provers = bytes32(uint256(uint160(RELAYER)));
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        Settlement memory s = offerSettlement(requestId, request, offer.options);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ProverNotAllowed.selector, requestId, PROVER));
        market.settle(s);
        s.prover = RELAYER;
        s.proof = prove(requestId, RELAYER);
        market.settle(s);
        assertEq(market.balanceOf(ETH, RELAYER), FEE, "paid");
    }

    function test_provers_listed() public {
        bytes32[] memory leaves = new bytes32[](3);
        leaves[0] = leaf(PROVER);
        leaves[1] = leaf(RELAYER);
        leaves[2] = leaf(GUARDIAN);
        bytes32 pair = pairOf(leaves[0], leaves[1]);
        Offer memory offer = plainOffer();
        offer.options.provers = pairOf(pair, leaves[2]);
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        Settlement memory s = settlement(requestId, request);
        bytes32[] memory proof = new bytes32[](2);
        proof[0] = leaves[1];
        proof[1] = leaves[2];
        s.options = abi.encode(offer.options, proof);
        Settlement memory stranger = settlement(requestId, request);
        stranger.prover = REQUESTER;
        stranger.proof = prove(requestId, REQUESTER);
        stranger.options = s.options;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ProverNotAllowed.selector, requestId, REQUESTER));
        market.settle(stranger);
        stranger.prover = PROVER;
        stranger.proof = s.proof;
        stranger.options = encoded(offer.options);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ProverNotAllowed.selector, requestId, PROVER));
        market.settle(stranger);
        market.settle(s);
    }

    function test_price_fallsOverTheWindow() public {
        Offer memory offer = fallingOffer();
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        vm.warp(uint256(offer.options.priceFrom) + 100);
        (uint256 paid, uint256 deadline) = market.quote(requestId, request, encoded(offer.options), PROVER);
        assertEq(paid, 0.75 ether, "a quarter of the way from 1 to 0 ether");
        assertEq(deadline, request.deadline, "deadline");
        market.settle(offerSettlement(requestId, request, offer.options));
        assertEq(market.balanceOf(ETH, PROVER), 0.75 ether, "paid");
        assertEq(market.balanceOf(ETH, REQUESTER), 0.25 ether, "the rest is the refundee's");
    }

    function test_price_unsettledRefundsTheWholeEscrow() public {
        Offer memory offer = fallingOffer();
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        vm.warp(uint256(request.deadline) + 1);
        market.refund(requestId, request, encoded(offer.options));
        assertEq(REQUESTER.balance, 1_000 ether, "all back");
    }

    function test_price_rises() public {
        Offer memory offer = fallingOffer();
        (offer.options.startFee, offer.options.endFee) = (offer.options.endFee, offer.options.startFee);
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        assertEq(request.fee, FEE, "the higher price is in escrow");
        vm.warp(uint256(offer.options.priceFrom) + 100);
        market.settle(offerSettlement(requestId, request, offer.options));
        assertEq(market.balanceOf(ETH, PROVER), 0.25 ether, "paid");
    }

    function test_price_fuzzStaysInBoundsAndMonotone(
        uint96 startFee,
        uint96 endFee,
        uint40 from,
        uint40 until,
        uint40 t,
        uint40 later
    ) public pure {
        if (from > until) (from, until) = (until, from);
        if (t > later) (t, later) = (later, t);
        Options memory o = Options(address(0), startFee, endFee, from, until, 0, 0, 0);
        uint256 price = Price.priceAt(o, t);
        uint256 laterPrice = Price.priceAt(o, later);
        assertLe(price, Price.escrow(o), "not above the escrow");
        assertLe(startFee < endFee ? startFee : endFee, price, "not below the lower fee");
        if (startFee >= endFee) assertLe(laterPrice, price, "falls");
        else assertLe(price, laterPrice, "rises");
        assertEq(Price.priceAt(o, from), startFee, "at the start");
        if (until > from) assertEq(Price.priceAt(o, until), endFee, "at the end");
    }

    function test_quote_refusesWhatSettleRefuses() public {
        Offer memory offer = plainOffer();
        (bytes32 requestId, Request memory request) = submitOffer(offer);
        offer.options.provers = bytes32(uint256(1));
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.OptionsMismatch.selector, requestId));
        market.quote(requestId, request, encoded(offer.options), PROVER);
        vm.warp(uint256(request.deadline) + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.RequestExpired.selector, requestId, request.deadline)
        );
        market.quote(requestId, request, encoded(offer.options), PROVER);
    }

    function test_quote_plainRequest() public {
        (bytes32 requestId, Request memory request) = submit(params(address(0)));
        vm.warp(request.deadline);
        (uint256 paid,) = market.quote(requestId, request, "", PROVER);
        assertEq(paid, FEE, "paid");
        vm.prank(REQUESTER);
        market.bumpFee{value: 0.5 ether}(requestId, request, "", 0.5 ether);
        (paid,) = market.quote(requestId, request, "", PROVER);
        assertEq(paid, FEE + 0.5 ether, "with what was added");
    }

    function fallingOffer() private view returns (Offer memory offer) {
        offer = plainOffer();
        offer.options.endFee = 0;
        offer.options.priceFrom = uint40(block.timestamp + 60);
        offer.options.priceUntil = uint40(block.timestamp + 460);
    }

    function leaf(address prover) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(prover))));
    }

    function pairOf(bytes32 a, bytes32 b) private pure returns (bytes32) {
        return a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
    }
}
