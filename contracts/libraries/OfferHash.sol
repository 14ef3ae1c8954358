// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {OptionsCode} from "./OptionsCode.sol";
import {Request} from "../types/Request.sol";

/// EIP-712 digest of an offer that its requester signs and anyone may send.
library OfferHash {
    bytes32 internal constant DOMAIN_TYPE_HASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    string internal constant NAME = "Gavel RequestMarket";
    string internal constant VERSION = "1";
    bytes32 internal constant NAME_HASH = keccak256(bytes(NAME));
    bytes32 internal constant VERSION_HASH = keccak256(bytes(VERSION));
    bytes32 internal constant TYPE_HASH = keccak256(
        bytes.concat(
            "SignedOffer(address requester,bytes32 modelId,Options options,bytes32 inputHash,address refundee,address callback,"
            "uint32 callbackGasLimit,uint40 deadline,uint96 fee,string inputURI,uint256 nonce,uint40 validUntil)",
            OptionsCode.TYPE
        )
    );

    /// @param request `optionsHash` is the options' hashStruct, so the request's words are the typed fields in order.
    function digest(Request memory request, string calldata inputURI, uint256 nonce, uint40 validUntil)
        internal
        view
        returns (bytes32)
    {
        bytes32 structHash =
            keccak256(abi.encode(TYPE_HASH, request, keccak256(bytes(inputURI)), nonce, validUntil));
        return keccak256(abi.encodePacked(hex"1901", domainSeparator(), structHash));
    }

    function domainSeparator() internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE_HASH, NAME_HASH, VERSION_HASH, block.chainid, address(this)));
    }
}
