// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// Signatures of accounts (65 bytes r, s, v; low s only) and of contracts (ERC-1271).
library SignatureCheck {
    /// @dev A contract's check gets at most this, so that a signer cannot burn a relayer's gas.
    uint256 internal constant ERC1271_GAS = 200_000;

    /// @dev Half the order of secp256k1: the upper half would be a second signature for the same message.
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    function isValid(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (signer.code.length != 0) {
            // An account under EIP-7702 may sign either way.
            return _isValidErc1271(signer, digest, signature) || _isDelegated(signer) && _recovers(signer, digest, signature);
        }
        return _recovers(signer, digest, signature);
    }

    function _recovers(address signer, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        if (signature.length != 65) return false;
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        if (uint256(s) > HALF_ORDER) return false;
        address recovered = ecrecover(digest, uint8(signature[64]), r, s);
        return recovered != address(0) && recovered == signer;
    }

    /// @dev Code of an EIP-7702 account is 0xef0100 and an address.
    function _isDelegated(address signer) private view returns (bool) {
        return signer.code.length == 23 && bytes3(signer.code) == 0xef0100;
    }

    function _isValidErc1271(address signer, bytes32 digest, bytes calldata signature) private view returns (bool ok) {
        // 0x1626ba7e is `isValidSignature(bytes32,bytes)`, and the value it returns for a valid one.
        bytes memory data = abi.encodeWithSelector(0x1626ba7e, digest, signature);
        // ok = signer.staticcall{gas: ERC1271_GAS}(data) returned the selector in a word; nothing more is copied.
        assembly ("memory-safe") {
            mstore(0x00, 0)
            ok := staticcall(ERC1271_GAS, signer, add(data, 0x20), mload(data), 0x00, 0x20)
            ok := and(ok, and(gt(returndatasize(), 0x1f), eq(mload(0x00), shl(224, 0x1626ba7e))))
        }
    }
}
