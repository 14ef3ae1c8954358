// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {IModelRegistry, Model, ModelParams} from "../../contracts/interfaces/IModelRegistry.sol";
import {ModelRecord} from "../../contracts/types/ModelRecord.sol";
import {Request, Status} from "../../contracts/types/Request.sol";
import {MarketTest} from "./support/MarketTest.sol";
import {TestVerifier} from "./support/TestVerifier.sol";

contract ModelRegistryTest is MarketTest {
    address private constant NEW_OWNER = address(0x0123);

    function test_register_keepsEverything() public view {
        Model memory model = registry.getModel(modelId);
        assertEq(model.verifier, address(verifier), "verifier");
        assertEq(model.inputBytes, INPUT_BYTES, "inputBytes");
        assertEq(model.outputBytes, OUTPUT_BYTES, "outputBytes");
        assertEq(model.version, 1, "version");
        assertTrue(!model.deprecated, "not deprecated");
        assertEq(model.owner, address(this), "owner");
        assertEq(model.vkDigest, keccak256("vk"), "vkDigest");
        assertEq(model.family, modelId, "the first version names the family");
        assertEq(model.metadataHash, keccak256("metadata"), "metadataHash");
        assertEq(keccak256(bytes(model.metadataURI)), keccak256("ipfs://metadata"), "metadataURI");
        assertEq(registry.latestOf(modelId), modelId, "latest");
        assertEq(registry.ownerOf(modelId), address(this), "ownerOf");
        assertEq(registry.modelCount(), 1, "modelCount");
    }

    function test_register_idIsDocumentedHash() public view {
        bytes32 expected = keccak256(
            abi.encode(
                block.chainid,
                address(registry),
                address(this),
                bytes32(0),
                uint24(1),
                address(verifier),
                keccak256("vk"),
                INPUT_BYTES,
                OUTPUT_BYTES
            )
        );
        assertEq(modelId, expected, "modelId");
    }

    function test_register_announcesTheModel() public {
        ModelParams memory p = versionOf(modelId, "vk 2");
        bytes32 expected = keccak256(
            abi.encode(
                block.chainid,
                address(registry),
                address(this),
                modelId,
                uint24(2),
                p.verifier,
                p.vkDigest,
                INPUT_BYTES,
                OUTPUT_BYTES
            )
        );
        vm.expectEmit(true, true, true, true, address(registry));
        emit IModelRegistry.ModelRegistered(
            expected,
            modelId,
            address(this),
            2,
            p.verifier,
            p.vkDigest,
            INPUT_BYTES,
            OUTPUT_BYTES,
            p.metadataHash,
            p.metadataURI
        );
        assertEq(registry.register(p), expected, "modelId");
    }

    function test_register_refusesWrongDigest() public {
        vm.expectRevert(
            abi.encodeWithSelector(IModelRegistry.VkDigestMismatch.selector, keccak256("other"), keccak256("vk"))
        );
        registry.register(modelParams(address(verifier), keccak256("other")));
    }

    function test_register_refusesVerifierWithoutCode() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.VerifierHasNoCode.selector, PROVER));
        registry.register(modelParams(PROVER, keccak256("vk")));
    }

    function test_register_refusesModelsWithoutOutput() public {
        ModelParams memory p = modelParams(address(verifier), keccak256("vk"));
        p.outputBytes = 0;
        vm.expectRevert(IModelRegistry.EmptyModel.selector);
        registry.register(p);
    }

    /// A model whose inputs are all private: nothing of the input is in the statement.
    function test_register_takesModelsWithoutInput() public {
        ModelParams memory p = modelParams(address(verifier), keccak256("vk"));
        p.inputBytes = 0;
        modelId = registry.register(p);
        input = "";
        (bytes32 requestId, Request memory request) = submit(params(address(0)));
        market.settle(settlement(requestId, request));
        assertStatus(requestId, Status.Settled, "settled");
    }

    function test_register_refusesTheSameModelTwice() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.ModelExists.selector, modelId));
        registry.register(modelParams(address(verifier), keccak256("vk")));
    }

    function test_register_otherOwnerGetsAnotherId() public {
        vm.prank(NEW_OWNER);
        bytes32 other = registry.register(modelParams(address(verifier), keccak256("vk")));
        assertTrue(other != modelId, "ids differ");
    }

    function test_register_newVersionJoinsTheFamily() public {
        bytes32 second = registry.register(versionOf(modelId, "vk 2"));
        Model memory model = registry.getModel(second);
        assertEq(model.version, 2, "version");
        assertEq(model.family, modelId, "family");
        assertEq(registry.latestOf(modelId), second, "latest");
        assertTrue(!registry.getModel(modelId).deprecated, "the first version stays");
    }

    function test_register_refusesVersionsOfStrangers() public {
        ModelParams memory p = versionOf(modelId, "vk 2");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotFamilyOwner.selector, modelId, NEW_OWNER));
        vm.prank(NEW_OWNER);
        registry.register(p);
        p.family = keccak256("no family");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownFamily.selector, p.family));
        registry.register(p);
    }

    function test_deprecate_stopsRequestsInGivenMarkets() public {
        submit(params(address(0)));
        address[] memory markets = new address[](1);
        markets[0] = address(market);
        registry.deprecate(modelId, markets);
        assertTrue(registry.getModel(modelId).deprecated, "deprecated");
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ModelNotActive.selector, modelId));
        market.submit(params(address(0)), input);
    }

    function test_deprecate_stopsRequestsInMarketsThatNeverSawTheModel() public {
        registry.deprecate(modelId, new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ModelNotActive.selector, modelId));
        market.submit(params(address(0)), input);
    }

    function test_deprecate_reachesMarketsThroughSync() public {
        submit(params(address(0)));
        registry.deprecate(modelId, new address[](0));
        submit(params(address(0)));
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.ModelSynced(modelId, registry.recordOf(modelId));
        vm.prank(RELAYER);
        market.syncModel(modelId);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.ModelNotActive.selector, modelId));
        market.submit(params(address(0)), input);
    }

    function test_deprecate_announcesTheModel() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IModelRegistry.ModelDeprecated(modelId);
        registry.deprecate(modelId, new address[](0));
    }

    function test_deprecate_leavesOpenRequestsSettleable() public {
        (bytes32 requestId,) = submit(params(address(0)));
        address[] memory markets = new address[](1);
        markets[0] = address(market);
        registry.deprecate(modelId, markets);
        market.settle(settlement(requestId, termsOf(params(address(0)), FEE)));
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid");
    }

    function test_deprecate_refusesStrangersRepeatsAndUnknownModels() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotFamilyOwner.selector, modelId, NEW_OWNER));
        vm.prank(NEW_OWNER);
        registry.deprecate(modelId, new address[](0));
        registry.deprecate(modelId, new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.AlreadyDeprecated.selector, modelId));
        registry.deprecate(modelId, new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, bytes32(uint256(1))));
        registry.deprecate(bytes32(uint256(1)), new address[](0));
    }

    function test_family_changesHandsInTwoSteps() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IModelRegistry.FamilyOffered(modelId, address(this), NEW_OWNER);
        registry.offerFamily(modelId, NEW_OWNER);
        assertEq(registry.ownerOf(modelId), address(this), "an offer moves nothing");
        vm.expectEmit(true, true, true, true, address(registry));
        emit IModelRegistry.FamilyTransferred(modelId, address(this), NEW_OWNER);
        vm.prank(NEW_OWNER);
        registry.acceptFamily(modelId);
        assertEq(registry.ownerOf(modelId), NEW_OWNER, "owner");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotOffered.selector, modelId, address(1)));
        vm.prank(address(1));
        registry.acceptFamily(modelId);
        ModelParams memory second = versionOf(modelId, "vk 2");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotFamilyOwner.selector, modelId, address(this)));
        registry.register(second);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotOffered.selector, modelId, NEW_OWNER));
        vm.prank(NEW_OWNER);
        registry.acceptFamily(modelId);
    }

    function test_family_refusesStrangersAndUnknown() public {
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotFamilyOwner.selector, modelId, NEW_OWNER));
        vm.prank(NEW_OWNER);
        registry.offerFamily(modelId, NEW_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownFamily.selector, bytes32(uint256(1))));
        registry.offerFamily(bytes32(uint256(1)), NEW_OWNER);
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.NotOffered.selector, modelId, NEW_OWNER));
        vm.prank(NEW_OWNER);
        registry.acceptFamily(modelId);
    }

    function test_views_cutRangesAndRefuseUnknown() public {
        bytes32 second = registry.register(versionOf(modelId, "vk 2"));
        bytes32[] memory ids = registry.getModels(1, 100);
        assertEq(ids.length, 1, "cut");
        assertEq(ids[0], second, "second");
        ids = registry.getModels(0, 1);
        assertEq(ids.length, 1, "a part");
        assertEq(ids[0], modelId, "first");
        assertEq(registry.getModels(2, 1).length, 0, "empty");
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, bytes32(uint256(1))));
        registry.getModel(bytes32(uint256(1)));
        vm.expectRevert(abi.encodeWithSelector(IModelRegistry.UnknownModel.selector, bytes32(uint256(1))));
        registry.recordOf(bytes32(uint256(1)));
    }

    function test_record_packsWithoutLoss() public view {
        ModelRecord record = registry.recordOf(modelId);
        assertEq(record.verifier(), address(verifier), "verifier");
        assertEq(record.inputBytes(), INPUT_BYTES, "inputBytes");
        assertEq(record.outputBytes(), OUTPUT_BYTES, "outputBytes");
        assertEq(record.version(), 1, "version");
        assertTrue(record.isActive(), "active");
        assertTrue(!record.deprecate().isActive(), "deprecate clears active");
        assertEq(record.deprecate().verifier(), address(verifier), "deprecate keeps the rest");
    }

    function versionOf(bytes32 family, string memory digest) private returns (ModelParams memory p) {
        p = modelParams(address(new TestVerifier(keccak256(bytes(digest)))), keccak256(bytes(digest)));
        p.family = family;
    }
}
