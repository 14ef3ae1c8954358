// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "../../contracts/interfaces/IMarketErrors.sol";
import {IMarketEvents} from "../../contracts/interfaces/IMarketEvents.sol";
import {OptionsCode} from "../../contracts/libraries/OptionsCode.sol";
import {Offer} from "../../contracts/types/Offer.sol";
import {Request, Status} from "../../contracts/types/Request.sol";
import {OfferTest} from "./support/OfferTest.sol";
import {SigningWallet} from "./support/Tokens.sol";

contract SignedTest is OfferTest {
    uint256 private constant SIGNER_KEY = 0x519;
    /// The order of secp256k1.
    uint256 private constant ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    address private signer;
    Offer private offer;
    uint40 private validUntil;

    function setUp() public override {
        super.setUp();
        signer = vm.addr(SIGNER_KEY);
        offer = plainOffer();
        validUntil = uint40(block.timestamp + 100);
        market.deposit{value: 0}(ETH, signer, 0);
        vm.prank(REQUESTER);
        market.deposit{value: 10 ether}(ETH, signer, 10 ether);
    }

    function test_signed_opensForTheSigner() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        vm.expectEmit(true, true, true, true, address(market));
        emit IMarketEvents.NonceUsed(signer, 7);
        vm.prank(RELAYER);
        bytes32 requestId = market.submitSigned(offer, signer, 7, validUntil, signature);
        assertStatus(requestId, Status.Open, "status");
        assertEq(market.balanceOf(ETH, signer), 9 ether, "debited");
        assertTrue(market.isNonceUsed(signer, 7), "nonce");
        market.settle(offerSettlement(requestId, terms(), offer.options));
        assertEq(market.balanceOf(ETH, PROVER), FEE, "paid");
    }

    function test_signed_digestIsTypedData() public view {
        bytes32 optionsHash = keccak256(
            abi.encode(
                keccak256(
                    "Options(address token,uint96 startFee,uint96 endFee,uint40 priceFrom,uint40 priceUntil,bytes32 provers,uint96 collateral,uint32 lockSeconds)"
                ),
                offer.options
            )
        );
        assertEq(OptionsCode.hash(offer.options), optionsHash, "options");
    }

    function test_signed_refusesReplay() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        market.submitSigned(offer, signer, 7, validUntil, signature);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NonceAlreadyUsed.selector, signer, 7));
        market.submitSigned(offer, signer, 7, validUntil, signature);
    }

    function test_signed_noncesHaveNoOrder() public {
        market.submitSigned(offer, signer, 1000, validUntil, sign(SIGNER_KEY, 1000));
        market.submitSigned(offer, signer, 3, validUntil, sign(SIGNER_KEY, 3));
        market.submitSigned(offer, signer, type(uint256).max, validUntil, sign(SIGNER_KEY, type(uint256).max));
        assertEq(market.requestCount(), 3, "requests");
        assertTrue(!market.isNonceUsed(signer, 4) && !market.isNonceUsed(signer, 999), "neighbours are free");
    }

    /// 256 nonces share a word; the first and last of neighbouring words.
    function test_signed_noncesOfEachWordAreTheirOwn() public {
        uint256[4] memory used = [uint256(255), 256, 767, 1024];
        for (uint256 i = 0; i < used.length; ++i) {
            vm.prank(signer);
            market.cancelNonce(used[i]);
        }
        for (uint256 i = 0; i < used.length; ++i) {
            assertTrue(market.isNonceUsed(signer, used[i]), "used");
            vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NonceAlreadyUsed.selector, signer, used[i]));
            vm.prank(signer);
            market.cancelNonce(used[i]);
        }
        uint256[6] memory free = [uint256(0), 254, 257, 511, 512, 1023];
        for (uint256 i = 0; i < free.length; ++i) {
            assertTrue(!market.isNonceUsed(signer, free[i]), "free");
        }
    }

    function test_signed_nonceCanBeGivenUp() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        vm.prank(signer);
        market.cancelNonce(7);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NonceAlreadyUsed.selector, signer, 7));
        market.submitSigned(offer, signer, 7, validUntil, signature);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.NonceAlreadyUsed.selector, signer, 7));
        vm.prank(signer);
        market.cancelNonce(7);
    }

    function test_signed_refusesLate() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        vm.warp(uint256(validUntil) + 1);
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.SignatureExpired.selector, validUntil));
        market.submitSigned(offer, signer, 7, validUntil, signature);
        vm.warp(validUntil);
        market.submitSigned(offer, signer, 7, validUntil, signature);
    }

    function test_signed_refusesAnythingElse() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        expectInvalid(signer);
        market.submitSigned(offer, signer, 8, validUntil, signature);
        expectInvalid(signer);
        market.submitSigned(offer, signer, 7, validUntil + 1, signature);
        expectInvalid(REQUESTER);
        market.submitSigned(offer, REQUESTER, 7, validUntil, signature);
        Offer memory other = offer;
        other.options.endFee -= 1;
        expectInvalid(signer);
        market.submitSigned(other, signer, 7, validUntil, signature);
        other = offer;
        other.input = hex"0102030405060709";
        expectInvalid(signer);
        market.submitSigned(other, signer, 7, validUntil, signature);
        other = offer;
        other.inputURI = "https://elsewhere.example";
        expectInvalid(signer);
        market.submitSigned(other, signer, 7, validUntil, signature);
        other = offer;
        other.params.refundee = RELAYER;
        expectInvalid(signer);
        market.submitSigned(other, signer, 7, validUntil, signature);
    }

    function test_signed_refusesOtherChains() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        vm.chainId(block.chainid + 1);
        expectInvalid(signer);
        market.submitSigned(offer, signer, 7, validUntil, signature);
    }

    function test_signed_refusesMalformedSignatures() public {
        bytes32 digest = digestOf(7);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SIGNER_KEY, digest);
        bytes memory high = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        expectInvalid(signer);
        market.submitSigned(offer, signer, 7, validUntil, high);
        expectInvalid(signer);
        market.submitSigned(offer, signer, 7, validUntil, abi.encodePacked(r, s));
        expectInvalid(signer);
        market.submitSigned(offer, signer, 7, validUntil, "");
        // An invalid signature makes ecrecover answer zero, which must not stand for requester zero.
        expectInvalid(address(0));
        market.submitSigned(offer, address(0), 7, validUntil, abi.encodePacked(r, s, uint8(30)));
    }

    function test_signed_refusesWithoutBalance() public {
        uint256 key = 0xbeef;
        bytes memory signature = signAs(key, 7);
        vm.expectRevert(
            abi.encodeWithSelector(IMarketErrors.InsufficientBalance.selector, ETH, vm.addr(key), 0, FEE)
        );
        market.submitSigned(offer, vm.addr(key), 7, validUntil, signature);
    }

    function test_signed_byContract() public {
        SigningWallet wallet = new SigningWallet();
        vm.prank(REQUESTER);
        market.deposit{value: 1 ether}(ETH, address(wallet), 1 ether);
        wallet.setMode(SigningWallet.Mode.Rejects);
        expectInvalid(address(wallet));
        market.submitSigned(offer, address(wallet), 7, validUntil, "");
        wallet.setMode(SigningWallet.Mode.AcceptsWithDirtyWord);
        expectInvalid(address(wallet));
        market.submitSigned(offer, address(wallet), 7, validUntil, "");
        wallet.setMode(SigningWallet.Mode.Burns);
        uint256 before = gasleft();
        expectInvalid(address(wallet));
        market.submitSigned(offer, address(wallet), 7, validUntil, "");
        assertLe(before - gasleft(), 300_000, "a burning wallet costs at most its limit");
        wallet.setMode(SigningWallet.Mode.Accepts);
        market.submitSigned(offer, address(wallet), 7, validUntil, "");
        assertEq(market.balanceOf(ETH, address(wallet)), 0, "debited");
    }

    function test_signed_contractWithoutErc1271IsRefused() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        expectInvalid(address(verifier));
        market.submitSigned(offer, address(verifier), 7, validUntil, signature);
    }

    /// Code of an EIP-7702 account: the marker 0xef0100 and the address it delegates to.
    function test_signed_delegatedAccountMaySignEitherWay() public {
        bytes memory signature = sign(SIGNER_KEY, 7);
        vm.etch(signer, abi.encodePacked(hex"ef0100", address(verifier)));
        market.submitSigned(offer, signer, 7, validUntil, signature);
        assertTrue(market.isNonceUsed(signer, 7), "by key");
    }

    function test_domain_isTheOneInUse() public view {
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        ) = market.eip712Domain();
        assertEq(salt, 0, "salt");
        assertEq(extensions.length, 0, "extensions");
        assertEq(bytes32(fields), bytes32(bytes1(0x0f)), "fields");
        assertEq(keccak256(bytes(name)), keccak256("Gavel RequestMarket"), "name");
        assertEq(keccak256(bytes(version)), keccak256("1"), "version");
        assertEq(chainId, block.chainid, "chainId");
        assertEq(verifyingContract, address(market), "address");
    }

    function terms() private view returns (Request memory request) {
        request = termsOfSigner(signer);
    }

    function termsOfSigner(address account) private view returns (Request memory request) {
        request = offerTerms(offer);
        (request.requester, request.refundee) = (account, account);
    }

    function sign(uint256 key, uint256 nonce) private view returns (bytes memory) {
        return signAs(key, nonce);
    }

    function signAs(uint256 key, uint256 nonce) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digestFor(vm.addr(key), nonce));
        return abi.encodePacked(r, s, v);
    }

    function digestOf(uint256 nonce) private view returns (bytes32) {
        return digestFor(signer, nonce);
    }

    /// Written out here, so that a change of the typed data shows.
    function digestFor(address account, uint256 nonce) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Gavel RequestMarket"),
                keccak256("1"),
                block.chainid,
                address(market)
            )
        );
        bytes32 typeHash = keccak256(
            "SignedOffer(address requester,bytes32 modelId,Options options,bytes32 inputHash,address refundee,address callback,uint32 callbackGasLimit,uint40 deadline,uint96 fee,string inputURI,uint256 nonce,uint40 validUntil)Options(address token,uint96 startFee,uint96 endFee,uint40 priceFrom,uint40 priceUntil,bytes32 provers,uint96 collateral,uint32 lockSeconds)"
        );
        bytes32 structHash = keccak256(
            abi.encode(typeHash, termsOfSigner(account), keccak256(bytes(offer.inputURI)), nonce, validUntil)
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    function expectInvalid(address account) private {
        vm.expectRevert(abi.encodeWithSelector(IMarketErrors.SignatureInvalid.selector, account));
    }
}
