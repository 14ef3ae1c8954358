// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/**
 * What the market needs to know of a model, in one word:
 *
 * 160 bits verifier | 32 bits inputBytes | 32 bits outputBytes | 24 bits version | 8 bits state (0 none, 1 active, 2 deprecated)
 */
type ModelRecord is uint256;

using ModelRecordLibrary for ModelRecord global;

library ModelRecordLibrary {
    uint256 internal constant ACTIVE = 1;
    uint256 internal constant DEPRECATED = 2;

    function pack(address verifier_, uint32 inputBytes_, uint32 outputBytes_, uint24 version_)
        internal
        pure
        returns (ModelRecord)
    {
        return ModelRecord.wrap(
            uint256(uint160(verifier_)) << 96 | uint256(inputBytes_) << 64 | uint256(outputBytes_) << 32
                | uint256(version_) << 8 | ACTIVE
        );
    }

    function verifier(ModelRecord self) internal pure returns (address) {
        return address(uint160(ModelRecord.unwrap(self) >> 96));
    }

    function inputBytes(ModelRecord self) internal pure returns (uint32) {
        return uint32(ModelRecord.unwrap(self) >> 64);
    }

    function outputBytes(ModelRecord self) internal pure returns (uint32) {
        return uint32(ModelRecord.unwrap(self) >> 32);
    }

    function version(ModelRecord self) internal pure returns (uint24) {
        return uint24(ModelRecord.unwrap(self) >> 8);
    }

    function exists(ModelRecord self) internal pure returns (bool) {
        return ModelRecord.unwrap(self) != 0;
    }

    function isActive(ModelRecord self) internal pure returns (bool) {
        return ModelRecord.unwrap(self) & 0xff == ACTIVE;
    }

    function deprecate(ModelRecord self) internal pure returns (ModelRecord) {
        return ModelRecord.wrap((ModelRecord.unwrap(self) & ~uint256(0xff)) | DEPRECATED);
    }
}
