// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Options} from "../types/Offer.sol";

/**
 * Options as a request commits to them, and as an action shows them again.
 *
 * optionsHash = EIP-712 hashStruct(options)
 * bytes options = abi.encode(Options options, bytes32[] proverProof)
 */
library OptionsCode {
    bytes internal constant TYPE = "Options(address token,uint96 startFee,uint96 endFee,uint40 priceFrom,uint40 priceUntil,"
        "bytes32 provers,uint96 collateral,uint32 lockSeconds)";
    bytes32 internal constant TYPE_HASH = keccak256(TYPE);

    function hash(Options memory options) internal pure returns (bytes32) {
        return keccak256(abi.encode(TYPE_HASH, options));
    }

    function decode(bytes calldata encoded)
        internal
        pure
        returns (Options memory options, bytes32[] memory proverProof)
    {
        return abi.decode(encoded, (Options, bytes32[]));
    }
}
