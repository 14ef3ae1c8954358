// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ModelRegistry} from "../../../contracts/ModelRegistry.sol";
import {RequestMarket} from "../../../contracts/RequestMarket.sol";
import {ModelParams} from "../../../contracts/interfaces/IModelRegistry.sol";
import {Request, RequestParams, Settlement, Status} from "../../../contracts/types/Request.sol";
import {Test} from "./Test.sol";
import {TestVerifier} from "./TestVerifier.sol";

/// A registry, a market and one model with 8 input bytes and 4 output bytes.
abstract contract MarketTest is Test {
    address internal constant REQUESTER = address(0xa11ce);
    address internal constant PROVER = address(0xb0b);
    address internal constant RELAYER = address(0xca501);
    address internal constant GUARDIAN = address(0x60a4d);
    address internal constant ETH = address(0);
    uint32 internal constant INPUT_BYTES = 8;
    uint32 internal constant OUTPUT_BYTES = 4;
    uint96 internal constant FEE = 1 ether;

    ModelRegistry internal registry;
    RequestMarket internal market;
    TestVerifier internal verifier;
    bytes32 internal modelId;
    bytes internal input = hex"0102030405060708";
    bytes internal output = hex"ffffff85";

    function setUp() public virtual {
        vm.warp(1_000_000);
        registry = new ModelRegistry();
        market = new RequestMarket(registry, GUARDIAN);
        verifier = new TestVerifier(keccak256("vk"));
        modelId = registry.register(modelParams(address(verifier), keccak256("vk")));
        vm.deal(REQUESTER, 1_000 ether);
    }

    function modelParams(address verifier_, bytes32 digest) internal pure returns (ModelParams memory) {
        return ModelParams({
            verifier: verifier_,
            vkDigest: digest,
            inputBytes: INPUT_BYTES,
            outputBytes: OUTPUT_BYTES,
            family: 0,
            metadataHash: keccak256("metadata"),
            metadataURI: "ipfs://metadata"
        });
    }

    function params(address callback) internal view returns (RequestParams memory) {
        return RequestParams({
            modelId: modelId,
            refundee: address(0),
            callback: callback,
            callbackGasLimit: callback == address(0) ? 0 : 200_000,
            deadline: uint40(block.timestamp + 1 hours)
        });
    }

    /// @dev The terms the market gives a request of REQUESTER.
    function termsOf(RequestParams memory p, uint256 fee) internal view returns (Request memory) {
        return Request({
            requester: REQUESTER,
            modelId: p.modelId,
            optionsHash: 0,
            inputHash: keccak256(input),
            refundee: p.refundee == address(0) ? REQUESTER : p.refundee,
            callback: p.callback,
            callbackGasLimit: p.callbackGasLimit,
            deadline: p.deadline,
            fee: uint96(fee)
        });
    }

    function submit(RequestParams memory p) internal returns (bytes32 requestId, Request memory request) {
        vm.prank(REQUESTER);
        requestId = market.submit{value: FEE}(p, input);
        request = termsOf(p, FEE);
    }

    /// @dev What `TestVerifier.prove` answers, without a call that would use up an expected revert.
    function prove(bytes32 requestId, address prover) internal view returns (bytes memory) {
        bytes32 context = keccak256(abi.encode(block.chainid, address(market), requestId, prover));
        return abi.encode(keccak256(abi.encode(keccak256("vk"), input, output, context)));
    }

    function settlement(bytes32 requestId, Request memory request) internal view returns (Settlement memory) {
        return Settlement({
            requestId: requestId,
            request: request,
            input: input,
            output: output,
            proof: prove(requestId, PROVER),
            prover: PROVER,
            options: ""
        });
    }

    function assertStatus(bytes32 requestId, Status expected, string memory what) internal view {
        assertEq(uint256(market.status(requestId)), uint256(expected), what);
    }
}
