// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {IModelRegistry, ModelParams} from "../../contracts/interfaces/IModelRegistry.sol";
import {RequestTerms} from "../../contracts/libraries/RequestTerms.sol";
import {Request, RequestParams, RequestView, Status} from "../../contracts/types/Request.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {Vm} from "./support/Test.sol";

contract SubmitTest is MarketTest {
    function test_submit_idIsDocumentedHash() public {
        (bytes32 first, Request memory request) = submit(params(address(0)));
        bytes32 hash = keccak256(abi.encode(block.chainid, address(market), request));
        assertEq(first, bytes32((uint256(hash) >> 32) << 32), "index 0");
        (bytes32 second,) = submit(params(address(0)));
        assertEq(second, bytes32((uint256(hash) >> 32) << 32 | 1), "index 1");
    }

    function test_submit_sameTermsTwiceAreTwoRequests() public {
        (bytes32 first, Request memory request) = submit(params(address(0)));
        (bytes32 second,) = submit(params(address(0)));
        market.settle(settlement(first, request));
        assertStatus(first, Status.Settled, "first");
        assertStatus(second, Status.Open, "second");
    }

    function test_submit_keepsTheFee() public {
        (bytes32 requestId,) = submit(params(address(0)));
        assertEq(address(market).balance, FEE, "escrow");
        assertStatus(requestId, Status.Open, "status");
        assertEq(market.requestCount(), 1, "requestCount");
    }

    function test_submit_emitsEveryTerm() public {
        RequestParams memory p = params(PROVER);
        p.refundee = RELAYER;
        submit(params(address(0)));
        vm.recordLogs();
        (bytes32 requestId, Request memory r) = submit(p);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1, "one event");
        assertEq(logs[0].topics[0], IMarketEvents.RequestSubmitted.selector, "topic");
        assertEq(logs[0].topics[1], requestId, "requestId");
        assertEq(logs[0].topics[2], modelId, "modelId");
        assertEq(logs[0].topics[3], bytes32(uint256(uint160(REQUESTER))), "requester");
        assertEq(
            keccak256(logs[0].data),
            keccak256(abi.encode(r.refundee, r.callback, r.callbackGasLimit, r.deadline, r.fee, input)),
            "data"
        );
    }

    /// Sizes around the word boundary, where the event's padding could go wrong; memory is dirtied first.
    function test_submit_eventIsTheCompilersEncodingAtEverySize() public {
        for (uint32 size = 1; size <= 65; ++size) {
            bytes memory data = new bytes(size);
            for (uint256 i = 0; i < size; ++i) {
                data[i] = bytes1(uint8(0xff - i));
            }
            RequestParams memory p = params(address(0));
            p.modelId = registerSize(size);
            market.submit(p, data);
            vm.recordLogs();
            dirtyMemory();
            market.submit(p, data);
            Vm.Log[] memory logs = vm.getRecordedLogs();
            bytes memory expected =
                abi.encode(address(this), address(0), uint32(0), p.deadline, uint96(0), data);
            assertEq(keccak256(logs[0].data), keccak256(expected), "data");
        }
    }

    function test_submit_refundeeDefaultsToTheSender() public {
        RequestParams memory p = params(address(0));
        p.refundee = RELAYER;
        (bytes32 requestId, Request memory request) = submit(p);
        assertEq(request.refundee, RELAYER, "given");
        market.settle(settlement(requestId, request));
        (requestId, request) = submit(params(address(0)));
        assertEq(request.refundee, REQUESTER, "default");
        market.settle(settlement(requestId, request));
    }

    function test_submit_refusesUnknownModel() public {
        RequestParams memory p = params(address(0));
        p.modelId = keccak256("none");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, p.modelId));
        market.submit(p, input);
    }

    function test_submit_refusesWrongInputLength() public {
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InputLengthMismatch.selector, 8, 7));
        market.submit(params(address(0)), hex"01020304050607");
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.InputLengthMismatch.selector, 8, 0));
        market.submit(params(address(0)), "");
    }

    function test_submit_refusesDeadlineNow() public {
        RequestParams memory p = params(address(0));
        p.deadline = uint40(block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.DeadlineInPast.selector, p.deadline, block.timestamp)
        );
        market.submit(p, input);
        p.deadline += 1;
        market.submit(p, input);
    }

    function test_submit_refusesDeadlineTooFar() public {
        RequestParams memory p = params(address(0));
        uint256 max = block.timestamp + market.MAX_LIFETIME_SECONDS();
        p.deadline = uint40(max + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.DeadlineTooFar.selector, max + 1, max));
        market.submit(p, input);
        p.deadline = uint40(max);
        market.submit(p, input);
    }

    function test_submit_refusesCallbackGasOutOfRange() public {
        RequestParams memory p = params(PROVER);
        uint256 max = market.MAX_CALLBACK_GAS();
        p.callbackGasLimit = 0;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.CallbackGasOutOfRange.selector, 0, max));
        market.submit(p, input);
        p.callbackGasLimit = uint32(max) + 1;
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.CallbackGasOutOfRange.selector, max + 1, max));
        market.submit(p, input);
        p.callbackGasLimit = uint32(max);
        market.submit(p, input);
    }

    function test_submit_refusesFeeAbove96Bits() public {
        uint256 fee = uint256(type(uint96).max) + 1;
        vm.deal(address(this), fee);
        RequestParams memory p = params(address(0));
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.FeeTooLarge.selector, fee));
        market.submit{value: fee}(p, input);
        market.submit{value: fee - 1}(p, input);
    }

    /// Words 1 to 4 of the parameters with the first bit above their types.
    function test_submit_refusesParametersOutsideTheirTypes() public {
        uint256[4] memory firstBits = [uint256(160), 160, 32, 40];
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory data = abi.encodeCall(market.submit, (params(address(0)), input));
            uint256 position = 4 + 0x20 * (i + 1);
            uint256 bit = 1 << firstBits[i];
            assembly ("memory-safe") {
                let word := add(add(data, 0x20), position)
                mstore(word, or(mload(word), bit))
            }
            (bool ok, bytes memory reason) = address(market).call(data);
            assertTrue(!ok, "refused");
            assertEq(bytes32(bytes4(reason)), bytes32(RequestTerms.ParamsMalformed.selector), "reason");
        }
    }

    function test_submit_refusesWhenFull() public {
        (bytes32 slot, bytes32 word) = counterSlot();
        vm.store(address(market), slot, word | bytes32(uint256(type(uint32).max) - 1));
        market.submit(params(address(0)), input);
        assertEq(market.requestCount(), type(uint32).max, "full");
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.MarketFull.selector));
        market.submit(params(address(0)), input);
    }

    function test_ranges_areDenseAndCut() public {
        (bytes32 first, Request memory request) = submit(params(address(0)));
        (bytes32 second,) = submit(params(address(0)));
        market.settle(settlement(first, request));
        RequestView[] memory views = market.getRequests(0, 100);
        assertEq(views.length, 2, "cut");
        assertEq(views[0].requestId, first, "first");
        assertEq(uint256(views[0].status), uint256(Status.Settled), "first status");
        assertEq(views[1].requestId, second, "second");
        assertEq(uint256(views[1].status), uint256(Status.Open), "second status");
        assertEq(market.getRequests(1, 2).length, 1, "middle");
        assertEq(market.getRequests(0, 1).length, 1, "not the rest");
        assertEq(market.getRequests(2, 1).length, 0, "empty");
        assertEq(market.getRequests(2, 3).length, 0, "past the end");
    }

    function test_status_isNoneForOtherIdsOfTheSameIndex() public {
        (bytes32 requestId,) = submit(params(address(0)));
        assertStatus(requestId ^ bytes32(uint256(1) << 255), Status.None, "other commitment");
        assertStatus(requestId ^ bytes32(uint256(1)), Status.None, "other index");
    }

    function registerSize(uint32 size) private returns (bytes32) {
        return registry.register(sized(size));
    }

    function sized(uint32 size) private view returns (ModelParams memory) {
        ModelParams memory p = modelParams(address(verifier), keccak256("vk"));
        p.inputBytes = size;
        p.outputBytes = 1;
        return p;
    }

    /// @dev The counter is the storage word that a submission raised from 0 to 1.
    function counterSlot() private returns (bytes32 slot, bytes32 word) {
        market.submit(params(address(0)), input);
        for (uint256 i = 0; i < 20; ++i) {
            word = vm.load(address(market), bytes32(i));
            if (word == bytes32(uint256(1))) return (bytes32(i), 0);
        }
        revert("counter not found");
    }
}

