// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {ExactGasCall} from "../../contracts/libraries/ExactGasCall.sol";
import {Test} from "./support/Test.sol";

/// Reverts with `size` bytes of 0xab, or returns them.
contract Echo {
    fallback(bytes calldata data) external returns (bytes memory) {
        (uint256 size, bool reverts) = abi.decode(data, (uint256, bool));
        bytes memory answer = new bytes(size);
        for (uint256 i = 0; i < size; ++i) {
            answer[i] = 0xab;
        }
        if (!reverts) return answer;
        assembly ("memory-safe") {
            revert(add(answer, 0x20), size)
        }
    }
}

contract ExactGasCallTest is Test {
    address private echo = address(new Echo());

    function hasGas(uint256 gasLimit, uint256 reserve) external view returns (bool) {
        return ExactGasCall.hasGas(gasLimit, reserve);
    }

    /// The whole answer of a call, and what was allocated behind it, on dirtied memory.
    function test_reason_isCutAt100Bytes() public {
        for (uint256 size = 0; size <= 200; ++size) {
            dirtyMemory();
            (bool ok, bytes memory reason) =
                ExactGasCall.callContract(echo, 500_000, abi.encode(size, true));
            bytes memory behind = abi.encodePacked("behind");
            assertTrue(!ok, "reverted");
            assertEq(reason.length, size < 100 ? size : 100, "length");
            for (uint256 i = 0; i < reason.length; ++i) {
                assertEq(uint8(reason[i]), 0xab, "byte");
            }
            assertEq(keccak256(behind), keccak256("behind"), "memory behind the reason");
        }
    }

    function test_success_copiesNothing() public {
        dirtyMemory();
        (bool ok, bytes memory reason) = ExactGasCall.callContract(echo, 500_000, abi.encode(1_000, false));
        assertTrue(ok, "ok");
        assertEq(reason.length, 0, "nothing");
    }

    function test_noCode_fails() public {
        (bool ok, bytes memory reason) = ExactGasCall.callContract(address(0xdead), 500_000, "");
        assertTrue(!ok, "no code");
        assertEq(reason.length, 0, "nothing");
    }

    /// Words are written only when exactly as many came, and nothing around them.
    function test_staticCallWords_takesExactlyItsWords() public view {
        uint256 filled = uint256(bytes32(hex"abababababababababababababababababababababababababababababababab"));
        for (uint256 size = 0; size <= 128; size += 16) {
            uint256[] memory words = new uint256[](4);
            bytes memory call = abi.encode(size, false);
            dirtyMemory();
            bool ok = ExactGasCall.staticCallWords(echo, 500_000, call, words, 1, 2);
            assertTrue(ok == (size == 64), "size");
            assertEq(words[0], 0, "before");
            assertEq(words[1], ok ? filled : 0, "first");
            assertEq(words[2], ok ? filled : 0, "second");
            assertEq(words[3], 0, "behind");
        }
        uint256[] memory none = new uint256[](2);
        assertTrue(!ExactGasCall.staticCallWords(echo, 500_000, abi.encode(64, true), none, 0, 2), "reverted");
        assertTrue(!ExactGasCall.staticCallWords(address(0xdead), 500_000, "", none, 0, 2), "no code");
        assertTrue(!ExactGasCall.staticCallWords(echo, 1_000, abi.encode(64, false), none, 0, 2), "out of gas");
        assertEq(none[0], 0, "untouched");
    }

    function test_hasGas_countsTheReserveAndThe64th() public view {
        assertTrue(this.hasGas{gas: 3_000}(0, 0), "cushion");
        assertTrue(!this.hasGas{gas: 3_000}(0, 10_000), "reserve");
        assertTrue(!this.hasGas{gas: 64_000}(64_000, 0), "not all of it");
        assertTrue(this.hasGas{gas: 70_000}(64_000, 0), "64/63 and the cushion");
        assertTrue(!this.hasGas{gas: 66_500}(64_000, 0), "cushion missing");
    }

    function test_sendValue_reportsFailure() public {
        vm.deal(address(this), 1);
        assertTrue(!ExactGasCall.sendValue(address(this), 30_000, 1), "no receive function");
        assertTrue(!ExactGasCall.sendValueWithAllGas(address(this), 1), "no receive function");
        assertTrue(ExactGasCall.sendValue(address(0xdead), 30_000, 1), "sent");
    }
}
