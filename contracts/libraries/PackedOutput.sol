// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/**
 * Reads packed model outputs: elements of `width` bytes, big-endian, no padding; two's complement where the model's report says signed.
 *
 * A model's report gives the width, the sign and the scale: real value = element * 2^-scaleBits, or element * scale where the scale is not a
 * power of two.
 */
library PackedOutput {
    /// @notice Thrown when an element lies outside the output, or its width is not 1 to 32 bytes.
    error ElementOutOfRange(uint256 index, uint256 width, uint256 length);

    /// @notice Thrown when the batch has no such inference, or the output is not that of a batch of this size.
    error InferenceOutOfRange(uint256 inference, uint256 batch, uint256 length);

    function count(bytes calldata output, uint256 width) internal pure returns (uint256) {
        return output.length / width;
    }

    /// @return value Element `index`, sign-extended; in [-2^(8 width - 1), 2^(8 width - 1)).
    function intAt(bytes calldata output, uint256 index, uint256 width) internal pure returns (int256 value) {
        if (width == 0 || width > 32 || index >= output.length / width) {
            revert ElementOutOfRange(index, width, output.length);
        }
        // value = int256(word at index * width) >> (256 - 8 * width); bytes past the output are shifted out.
        assembly ("memory-safe") {
            value := sar(sub(256, mul(8, width)), calldataload(add(output.offset, mul(index, width))))
        }
    }

    /// @return value Element `index` of an output without signs; in [0, 2^(8 width)).
    function uintAt(bytes calldata output, uint256 index, uint256 width) internal pure returns (uint256 value) {
        value = uint256(intAt(output, index, width));
        if (width < 32) value &= (1 << (8 * width)) - 1;
    }

    /// @return The part of the output that answers inference `inference` of a model compiled for `batch` inferences.
    function inferenceAt(bytes calldata output, uint256 inference, uint256 batch)
        internal
        pure
        returns (bytes calldata)
    {
        if (inference >= batch || output.length % batch != 0) {
            revert InferenceOutOfRange(inference, batch, output.length);
        }
        uint256 size = output.length / batch;
        return output[inference * size:(inference + 1) * size];
    }

    function int8At(bytes calldata output, uint256 index) internal pure returns (int8) {
        return int8(intAt(output, index, 1));
    }

    function int16At(bytes calldata output, uint256 index) internal pure returns (int16) {
        return int16(intAt(output, index, 2));
    }

    function int32At(bytes calldata output, uint256 index) internal pure returns (int32) {
        return int32(intAt(output, index, 4));
    }

    function int64At(bytes calldata output, uint256 index) internal pure returns (int64) {
        return int64(intAt(output, index, 8));
    }

    function int128At(bytes calldata output, uint256 index) internal pure returns (int128) {
        return int128(intAt(output, index, 16));
    }

    function int256At(bytes calldata output, uint256 index) internal pure returns (int256) {
        return intAt(output, index, 32);
    }

    /// @return The element times 2^-scaleBits as a fixed-point number with 18 decimals, rounded down. Reverts on overflow.
    function wadAt(bytes calldata output, uint256 index, uint256 width, uint256 scaleBits)
        internal
        pure
        returns (int256)
    {
        return (intAt(output, index, width) * 1e18) >> scaleBits;
    }

    /// @return The element times `scaleWad` / 1e18 as a fixed-point number with 18 decimals. Reverts on overflow.
    function wadAtScale(bytes calldata output, uint256 index, uint256 width, int256 scaleWad)
        internal
        pure
        returns (int256)
    {
        return intAt(output, index, width) * scaleWad;
    }

    /// @return best The index of the largest element, the first one among equals.
    function argmax(bytes calldata output, uint256 width) internal pure returns (uint256 best) {
        int256 top = intAt(output, 0, width);
        uint256 n = output.length / width;
        for (uint256 i = 1; i < n; ++i) {
            int256 value = intAt(output, i, width);
            if (value > top) (top, best) = (value, i);
        }
    }
}
