// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/**
 * Calls into code of others. The callee gets exactly the stated gas or the whole transaction reverts, so a caller cannot make the
 * call fail by bringing too little; and at most MAX_REASON_BYTES of what it returns are copied, so a callee cannot make its
 * caller pay for memory.
 */
library ExactGasCall {
    /// @dev Covers what runs between the gas check and the CALL: the target is warm by then (100) and some stack work.
    uint256 internal constant CUSHION_GAS = 2_000;

    /// @dev Fits `Error(string)` with a reason of one word: 4 + 3 * 32 bytes.
    uint256 internal constant MAX_REASON_BYTES = 100;

    /// @notice Thrown when the transaction has too little gas left to give a call what it must get.
    error InsufficientGas(uint256 required, uint256 available);

    /// @return ok False when the call reverted or the target has no code.
    /// @return reason The first bytes of the revert data.
    function callContract(address target, uint256 gasLimit, bytes memory data)
        internal
        returns (bool ok, bytes memory reason)
    {
        if (target.code.length == 0) return (false, reason);
        _requireGas(gasLimit);
        // (ok, reason) = target.call{gas: gasLimit}(data), with nothing copied on success and at most 100 bytes on failure.
        assembly ("memory-safe") {
            ok := call(gasLimit, target, 0, add(data, 0x20), mload(data), 0x00, 0x00)
            if iszero(ok) {
                let size := returndatasize()
                if gt(size, MAX_REASON_BYTES) { size := MAX_REASON_BYTES }
                reason := mload(0x40)
                mstore(reason, size)
                returndatacopy(add(reason, 0x20), 0x00, size)
                mstore(0x40, add(reason, 0xa0))
            }
        }
    }

    /// @dev Calls without effects and fills `words[first .. first + count)` with what it returns.
    /// @return ok False when the call reverted, the target has no code, or returned another size.
    function staticCallWords(
        address target,
        uint256 gasLimit,
        bytes memory data,
        uint256[] memory words,
        uint256 first,
        uint256 count
    ) internal view returns (bool ok) {
        // (ok, words) = target.staticcall{gas: gasLimit}(data), ok only with exactly `count` words of return data.
        assembly ("memory-safe") {
            ok := staticcall(gasLimit, target, add(data, 0x20), mload(data), 0x00, 0x00)
            ok := and(ok, eq(returndatasize(), shl(5, count)))
            if ok { returndatacopy(add(add(words, 0x20), shl(5, first)), 0x00, shl(5, count)) }
        }
    }

    /// @dev Sends ETH with exactly `gasLimit` gas on top of the 2,300 stipend; return data is never copied.
    function sendValue(address to, uint256 gasLimit, uint256 value) internal returns (bool ok) {
        // Charged before the 63/64 rule: 2,600 for a cold account, 9,000 for the value, 25,000 for an account that is new.
        _requireGas(gasLimit + 36_600);
        // (ok, ) = to.call{value: value, gas: gasLimit}("")
        assembly ("memory-safe") {
            ok := call(gasLimit, to, value, 0x00, 0x00, 0x00, 0x00)
        }
    }

    /// @dev Sends ETH with all the gas there is, for callers that revert when it fails; return data is never copied.
    function sendValueWithAllGas(address to, uint256 value) internal returns (bool ok) {
        // (ok, ) = to.call{value: value}("")
        assembly ("memory-safe") {
            ok := call(gas(), to, value, 0x00, 0x00, 0x00, 0x00)
        }
    }

    /// @dev A call gets at most 63/64 of what is left (EIP-150).
    /// @return Whether a call with `gasLimit` can be made now and `reserve` is there for what follows it.
    function hasGas(uint256 gasLimit, uint256 reserve) internal view returns (bool) {
        uint256 available = gasleft();
        if (available < CUSHION_GAS + reserve) return false;
        available -= CUSHION_GAS + reserve;
        return available - available / 64 >= gasLimit;
    }

    function _requireGas(uint256 gasLimit) private view {
        if (!hasGas(gasLimit, 0)) revert InsufficientGas(gasLimit, gasleft());
    }
}
