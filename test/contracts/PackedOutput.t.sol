// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PackedOutput} from "../../contracts/libraries/PackedOutput.sol";
import {Test} from "./support/Test.sol";

/// The library reads calldata, so it is called from outside.
contract PackedOutputCaller {
    using PackedOutput for bytes;

    function intAt(bytes calldata output, uint256 index, uint256 width) external pure returns (int256) {
        return output.intAt(index, width);
    }

    function typed(bytes calldata output)
        external
        pure
        returns (int8 a, int16 b, int32 c, int64 d, int128 e)
    {
        return (output.int8At(0), output.int16At(0), output.int32At(0), output.int64At(0), output.int128At(0));
    }

    function uintAt(bytes calldata output, uint256 index, uint256 width) external pure returns (uint256) {
        return output.uintAt(index, width);
    }

    function int256At(bytes calldata output, uint256 index) external pure returns (int256) {
        return output.int256At(index);
    }

    function argmaxOf(bytes calldata output, uint256 inference, uint256 batch, uint256 width)
        external
        pure
        returns (uint256)
    {
        return output.inferenceAt(inference, batch).argmax(width);
    }

    function wadAt(bytes calldata output, uint256 index, uint256 width, uint256 scaleBits)
        external
        pure
        returns (int256)
    {
        return output.wadAt(index, width, scaleBits);
    }

    function wadAtScale(bytes calldata output, uint256 index, uint256 width, int256 scaleWad)
        external
        pure
        returns (int256)
    {
        return output.wadAtScale(index, width, scaleWad);
    }

    function argmax(bytes calldata output, uint256 width) external pure returns (uint256) {
        return output.argmax(width);
    }

    function count(bytes calldata output, uint256 width) external pure returns (uint256) {
        return output.count(width);
    }
}

contract PackedOutputTest is Test {
    PackedOutputCaller private caller = new PackedOutputCaller();

    /// Every width from one byte to a word, at both ends of its range and around zero, surrounded by other elements.
    function test_intAt_everyWidth() public view {
        for (uint256 width = 1; width <= 32; ++width) {
            int256 max = width == 32 ? type(int256).max : int256(1 << (8 * width - 1)) - 1;
            int256[5] memory values = [max, -max - 1, int256(-1), 0, 1];
            bytes memory output;
            for (uint256 i = 0; i < 5; ++i) {
                output = bytes.concat(output, encode(values[i], width));
            }
            for (uint256 i = 0; i < 5; ++i) {
                assertEq(caller.intAt(output, i, width), values[i], "value");
            }
            assertEq(caller.count(output, width), 5, "count");
        }
    }

    function test_intAt_fuzz(int256 value, uint256 width, uint256 index) public view {
        width = bound(width, 1, 32);
        index = bound(index, 0, 9);
        int256 truncated = int256(value << (256 - 8 * width)) >> (256 - 8 * width);
        bytes memory output = new bytes(10 * width);
        bytes memory element = encode(truncated, width);
        for (uint256 i = 0; i < width; ++i) {
            output[index * width + i] = element[i];
        }
        assertEq(caller.intAt(output, index, width), truncated, "value");
    }

    function test_intAt_refusesOutOfRange() public {
        bytes memory output = new bytes(10);
        refuses(output, 10, 1);
        refuses(output, 5, 2);
        refuses(output, 2, 4);
        refuses(output, type(uint256).max, 1);
        refuses(output, 0, 0);
        refuses(output, 0, 33);
        refuses(output, 0, 11);
    }

    function test_typed_readers() public view {
        bytes memory output = hex"ff00000000000000000000000000000001";
        (int8 a, int16 b, int32 c, int64 d, int128 e) = caller.typed(output);
        assertEq(a, -1, "int8");
        assertEq(b, -256, "int16");
        assertEq(c, -16777216, "int32");
        assertEq(d, -72057594037927936, "int64");
        assertEq(e, -1329227995784915872903807060280344576, "int128");
    }

    function test_int256At() public view {
        assertEq(caller.int256At(abi.encodePacked(type(int256).min, int256(-2)), 1), -2, "second");
    }

    function test_uintAt_everyWidth() public {
        for (uint256 width = 1; width <= 32; ++width) {
            uint256 max = width == 32 ? type(uint256).max : (1 << (8 * width)) - 1;
            bytes memory output = bytes.concat(encode(1, width), encode(int256(max), width), encode(2, width));
            assertEq(caller.uintAt(output, 1, width), max, "largest");
            assertEq(caller.uintAt(output, 2, width), 2, "next");
        }
        vm.expectRevert(abi.encodeWithSelector(PackedOutput.ElementOutOfRange.selector, 3, 1, 3));
        caller.uintAt(hex"010203", 3, 1);
    }

    function test_inferenceAt_readsOneAnswerOfABatch() public {
        bytes memory output = abi.encodePacked(int16(1), int16(9), int16(8), int16(-3), int16(0), int16(4));
        assertEq(caller.argmaxOf(output, 0, 3, 2), 1, "first");
        assertEq(caller.argmaxOf(output, 1, 3, 2), 0, "second");
        assertEq(caller.argmaxOf(output, 2, 3, 2), 1, "third");
        assertEq(caller.argmaxOf(output, 0, 1, 2), 1, "a batch of one");
        refusesInference(output, 3, 3);
        refusesInference(output, 0, 5);
        refusesInference(output, 0, 0);
    }

    function test_wadAt_scales() public view {
        bytes memory output = abi.encodePacked(int32(-3), int32(1 << 16));
        assertEq(caller.wadAt(output, 0, 4, 1), -1.5e18, "-3 / 2");
        assertEq(caller.wadAt(output, 1, 4, 16), 1e18, "65536 / 65536");
        assertEq(caller.wadAt(output, 0, 4, 64), -1, "rounds down");
        assertEq(caller.wadAtScale(output, 0, 4, 0.25e18), -0.75e18, "-3 * 0.25");
    }

    function test_wadAt_refusesOverflow() public {
        bytes memory output = abi.encodePacked(type(int256).max);
        vm.expectRevert();
        caller.wadAt(output, 0, 32, 0);
    }

    function test_argmax() public view {
        assertEq(caller.argmax(abi.encodePacked(int16(-5), int16(7), int16(6)), 2), 1, "middle");
        assertEq(caller.argmax(abi.encodePacked(int16(-5), int16(-7)), 2), 0, "negative");
        assertEq(caller.argmax(abi.encodePacked(int16(3), int16(3)), 2), 0, "first among equals");
        assertEq(caller.argmax(abi.encodePacked(int32(1)), 4), 0, "one element");
    }

    function test_argmax_refusesEmpty() public {
        vm.expectRevert(abi.encodeWithSelector(PackedOutput.ElementOutOfRange.selector, 0, 2, 0));
        caller.argmax("", 2);
    }

    function refusesInference(bytes memory output, uint256 inference, uint256 batch) private {
        vm.expectRevert(
            abi.encodeWithSelector(PackedOutput.InferenceOutOfRange.selector, inference, batch, output.length)
        );
        caller.argmaxOf(output, inference, batch, 2);
    }

    function refuses(bytes memory output, uint256 index, uint256 width) private {
        vm.expectRevert(
            abi.encodeWithSelector(PackedOutput.ElementOutOfRange.selector, index, width, output.length)
        );
        caller.intAt(output, index, width);
    }

    function encode(int256 value, uint256 width) private pure returns (bytes memory element) {
        element = new bytes(width);
        for (uint256 i = 0; i < width; ++i) {
            element[width - 1 - i] = bytes1(uint8(uint256(value >> (8 * i))));
        }
    }
}
