// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RequestMarket} from "../../contracts/RequestMarket.sol";
import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {Request, RequestParams, Settlement, Status} from "../../contracts/types/Request.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {OddVerifier, TestVerifier} from "./support/TestVerifier.sol";

contract SettleTest is MarketTest {
    bytes32 private requestId;
    Request private request;

    function setUp() public override {
        super.setUp();
        (requestId, request) = submit(params(address(0)));
    }

    function test_settle_paysTheProverAndKeepsTheResult() public {
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.RequestSettled(requestId, modelId, PROVER, FEE, output);
        market.settle(settlement(requestId, request));
        assertEq(market.balanceOf(ETH, PROVER), FEE, "prover");
        assertEq(market.resultHash(requestId), keccak256(output), "result");
        assertStatus(requestId, Status.Settled, "status");
    }

    function test_settle_copiedByAnotherSenderPaysTheProver() public {
        vm.prank(RELAYER);
        market.settle(settlement(requestId, request));
        assertEq(market.balanceOf(ETH, PROVER), FEE, "prover");
        assertEq(market.balanceOf(ETH, RELAYER), 0, "relayer");
    }

    function test_settle_refusesAnotherProver() public {
        Settlement memory s = settlement(requestId, request);
        s.prover = RELAYER;
        vm.expectRevert(TestVerifier.ProofInvalid.selector);
        market.settle(s);
        s.prover = address(0);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ProverMissing.selector, requestId));
        market.settle(s);
    }

    function test_settle_refusesTheProofOfAnotherRequest() public {
        (bytes32 other, Request memory otherRequest) = submit(params(address(0)));
        Settlement memory s = settlement(other, otherRequest);
        s.proof = prove(requestId, PROVER);
        vm.expectRevert(TestVerifier.ProofInvalid.selector);
        market.settle(s);
    }

    function test_settle_refusesTheProofOfAnotherMarketAndChain() public {
        Settlement memory s = settlement(requestId, request);
        bytes32 otherMarket = keccak256(abi.encode(block.chainid, address(this), requestId, PROVER));
        s.proof = verifier.prove(input, output, otherMarket);
        vm.expectRevert(TestVerifier.ProofInvalid.selector);
        market.settle(s);
        bytes32 otherChain = keccak256(abi.encode(block.chainid + 1, address(market), requestId, PROVER));
        s.proof = verifier.prove(input, output, otherChain);
        vm.expectRevert(TestVerifier.ProofInvalid.selector);
        market.settle(s);
        bytes32 documented = keccak256(abi.encode(block.chainid, address(market), requestId, PROVER));
        s.proof = verifier.prove(input, output, documented);
        market.settle(s);
    }

    function test_settle_refusesOnAForkWithAnotherChainId() public {
        Settlement memory s = settlement(requestId, request);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.TermsMismatch.selector, requestId));
        market.settle(s);
    }

    function test_settle_refusesAnotherOutput() public {
        Settlement memory s = settlement(requestId, request);
        s.output = hex"ffffff84";
        vm.expectRevert(TestVerifier.ProofInvalid.selector);
        market.settle(s);
        s.output = hex"ffffff";
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.OutputLengthMismatch.selector, 4, 3));
        market.settle(s);
    }

    function test_settle_refusesAnotherInput() public {
        Settlement memory s = settlement(requestId, request);
        s.input = hex"0102030405060709";
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.InputMismatch.selector, keccak256(input), keccak256(s.input))
        );
        market.settle(s);
    }

    function test_settle_refusesAnotherTermInEachField() public {
        for (uint256 field = 0; field < 9; ++field) {
            Settlement memory s = settlement(requestId, request);
            if (field == 0) s.request.requester = RELAYER;
            if (field == 1) s.request.modelId = keccak256("other");
            if (field == 2) s.request.optionsHash = keccak256("other");
            if (field == 3) s.request.inputHash = keccak256("other");
            if (field == 4) s.request.refundee = RELAYER;
            if (field == 5) s.request.callback = RELAYER;
            if (field == 6) s.request.callbackGasLimit = 1;
            if (field == 7) s.request.deadline += 1;
            if (field == 8) s.request.fee += 1;
            vm.expectRevert(abi.encodeWithSelector(IMarketErrors.TermsMismatch.selector, requestId));
            market.settle(s);
        }
    }

    /// A word with bits above its type must not stand for the clean one.
    function test_settle_refusesTermsOutsideTheirTypes() public {
        uint256[6] memory words = [uint256(0), 4, 5, 6, 7, 8];
        uint256[6] memory firstBits = [uint256(160), 160, 160, 32, 40, 96];
        for (uint256 i = 0; i < 6; ++i) {
            bytes memory data = abi.encodeCall(market.settle, (settlement(requestId, request)));
            // 4 bytes selector, the offset of the settlement, the request id, then the terms.
            uint256 position = 4 + 0x40 + 0x20 * words[i];
            uint256 bit = 1 << firstBits[i];
            assembly ("memory-safe") {
                let word := add(add(data, 0x20), position)
                mstore(word, or(mload(word), bit))
            }
            (bool ok,) = address(market).call(data);
            assertTrue(!ok, "refused");
        }
        assertStatus(requestId, Status.Open, "untouched");
    }

    function test_settle_refusesOptionsThatWereNotAsked() public {
        Settlement memory s = settlement(requestId, request);
        s.options = hex"00";
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.OptionsMismatch.selector, requestId));
        market.settle(s);
    }

    function test_settle_refusesUnknownIds() public {
        Settlement memory s = settlement(requestId, request);
        s.requestId = requestId ^ bytes32(uint256(1) << 200);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, s.requestId, Status.Open, Status.None)
        );
        market.settle(s);
    }

    function test_settle_refusesTwice() public {
        market.settle(settlement(requestId, request));
        expectSettledAlready();
        market.settle(settlement(requestId, request));
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid once");
    }

    function test_settle_refusesAnotherProofOfASettledRequest() public {
        market.settle(settlement(requestId, request));
        Settlement memory s = settlement(requestId, request);
        s.prover = RELAYER;
        s.proof = prove(requestId, RELAYER);
        expectSettledAlready();
        market.settle(s);
    }

    function test_settle_atDeadlineMinusOne() public {
        vm.warp(request.deadline - 1);
        market.settle(settlement(requestId, request));
    }

    function test_settle_atDeadline() public {
        vm.warp(request.deadline);
        market.settle(settlement(requestId, request));
    }

    function test_settle_refusesAtDeadlinePlusOne() public {
        vm.warp(uint256(request.deadline) + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.RequestExpired.selector, requestId, request.deadline)
        );
        market.settle(settlement(requestId, request));
    }

    function test_settle_refusesAfterRefund() public {
        vm.warp(uint256(request.deadline) + 1);
        market.refund(requestId, request, "");
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, requestId, Status.Open, Status.Refunded)
        );
        market.settle(settlement(requestId, request));
    }

    function test_settle_acceptsOnlyOneFromTheVerifier() public {
        OddVerifier odd = new OddVerifier();
        bytes32 oddModel = registry.register(modelParams(address(odd), odd.vkDigest()));
        RequestParams memory p = params(address(0));
        p.modelId = oddModel;
        (bytes32 id, Request memory r) = submit(p);
        uint256[4] memory answers = [uint256(0), 2, 1 << 255, type(uint256).max];
        for (uint256 i = 0; i < answers.length; ++i) {
            odd.set(answers[i], false);
            vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ProofRejected.selector, id));
            market.settle(settlement(id, r));
        }
        odd.set(1, true);
        vm.expectRevert();
        market.settle(settlement(id, r));
        odd.set(1, false);
        market.settle(settlement(id, r));
    }

    function test_views_nameTheStatementAndTheModel() public view {
        bytes32 documented = keccak256(abi.encode(block.chainid, address(market), requestId, PROVER));
        assertEq(market.contextOf(requestId, PROVER), documented, "context");
        assertEq(market.modelRecord(modelId).verifier(), address(verifier), "verifier");
        assertTrue(!market.modelRecord(keccak256("none")).exists(), "unknown");
        assertEq(address(market.registry()), address(registry), "registry");
    }

    function test_settleItem_isForTheMarketOnly() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.OnlySelf.selector, address(this)));
        market.settleItem(settlement(requestId, request), true);
    }

    function expectSettledAlready() private {
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.WrongStatus.selector, requestId, Status.Open, Status.Settled)
        );
    }
}
