// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// ERC-20 transfers for tokens that return true, nothing, or revert; a token that returns anything else, or has no code, fails.
library SafeTransfer {
    /// @notice Thrown when a token refused a transfer.
    error TransferFailed(address token);

    function transfer(address token, address to, uint256 amount) internal {
        // 0xa9059cbb is `transfer(address,uint256)`.
        _call(token, abi.encodeWithSelector(0xa9059cbb, to, amount));
    }

    function transferFrom(address token, address from, address to, uint256 amount) internal {
        // 0x23b872dd is `transferFrom(address,address,uint256)`.
        _call(token, abi.encodeWithSelector(0x23b872dd, from, to, amount));
    }

    function balanceOf(address token, address account) internal view returns (uint256 held) {
        // 0x70a08231 is `balanceOf(address)`.
        bytes memory data = abi.encodeWithSelector(0x70a08231, account);
        bool ok;
        // (ok, ret) = token.staticcall(data); held = abi.decode(ret, (uint256))
        assembly ("memory-safe") {
            ok := staticcall(gas(), token, add(data, 0x20), mload(data), 0x00, 0x20)
            ok := and(ok, gt(returndatasize(), 0x1f))
            held := mload(0x00)
        }
        if (!ok) revert TransferFailed(token);
    }

    function _call(address token, bytes memory data) private {
        bool ok;
        // (ok, ret) = token.call(data); ok = ok && (ret is empty ? token has code : ret is the word 1)
        assembly ("memory-safe") {
            ok := call(gas(), token, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            switch returndatasize()
            case 0 { ok := and(ok, gt(extcodesize(token), 0)) }
            default { ok := and(ok, and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1))) }
        }
        if (!ok) revert TransferFailed(token);
    }
}
