// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {PairingBatch} from "../../contracts/libraries/PairingBatch.sol";
import {Points} from "./support/PairingVerifier.sol";
import {Test} from "./support/Test.sol";

contract PairingBatchTest is Test {
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

    function test_validEquations_hold() public view {
        for (uint256 count = 1; count <= 4; ++count) {
            assertTrue(PairingBatch.holds(equations(count), count), "one reference string");
        }
    }

    function test_twoReferenceStrings_holdTogether() public view {
        uint256[] memory words = equations(5);
        put(words, 1, Points.equation(3 * 11, 11, 3));
        put(words, 3, Points.equation(3 * 12, 12, 3));
        assertTrue(PairingBatch.holds(words, 5), "mixed");
        put(words, 3, Points.equation(2 * 12, 12, 3));
        assertTrue(!PairingBatch.holds(words, 5), "an equation of the other string");
    }

    function test_oneFalseEquation_failsWhereverItStands() public view {
        for (uint256 i = 0; i < 4; ++i) {
            uint256[] memory words = equations(4);
            put(words, i, Points.equation(2 * (i + 5) + 1, i + 5, 2));
            assertTrue(!PairingBatch.holds(words, 4), "false equation");
        }
    }

    /// Errors that cancel when equations are added up without random factors.
    function test_opposedErrors_fail(uint256 difference, uint256 seed) public view {
        difference = bound(difference, 1, R - 1);
        uint256 first = bound(seed, 0, 2);
        uint256[] memory words = equations(4);
        put(words, first, Points.equation(addmod(2 * 9, difference, R), 9, 2));
        put(words, first + 1, Points.equation(addmod(2 * 10, R - difference, R), 10, 2));
        assertTrue(!PairingBatch.holds(words, 4), "opposed errors");
    }

    /// A true equation with the points of another pair moved into it.
    function test_swappedPoints_fail() public view {
        uint256[] memory words = equations(3);
        (words[0], words[12]) = (words[12], words[0]);
        (words[1], words[13]) = (words[13], words[1]);
        assertTrue(!PairingBatch.holds(words, 3), "swapped A");
    }

    function test_wordsOfTheGenerator_areNotRead() public view {
        uint256[] memory words = equations(2);
        put(words, 1, Points.equation(7, 7, 2));
        uint256[4] memory two = Points.negated(2);
        for (uint256 k = 0; k < 4; ++k) {
            words[12 + 2 + k] = two[k];
        }
        assertTrue(!PairingBatch.holds(words, 2), "another [1]_2");
    }

    function test_pointsAtInfinity_areEquationsToo() public view {
        uint256[] memory words = equations(3);
        put(words, 0, Points.equation(0, 0, 2));
        put(words, 2, Points.equation(0, 0, 3));
        assertTrue(PairingBatch.holds(words, 3), "infinity");
    }

    function test_malformedPoints_failAndBurnLittle() public view {
        for (uint256 i = 0; i < 3; ++i) {
            for (uint256 kind = 0; kind < 4; ++kind) {
                uint256[] memory words = equations(3);
                uint256 first = PairingBatch.WORDS * i;
                if (kind == 0) words[first + 1] ^= 1;
                else if (kind == 1) words[first + 6] = type(uint256).max;
                else if (kind == 2) words[first + 9] ^= 1;
                else put(words, i, Points.equation(4, 2, 0));
                uint256 before = gasleft();
                assertTrue(!PairingBatch.holds(words, 3), "malformed");
                assertLe(before - gasleft(), PairingBatch.gasFor(3), "gas");
            }
        }
    }

    function test_gasFor_isEnough() public view {
        for (uint256 count = 1; count <= 9; count += 4) {
            uint256[] memory words = equations(count);
            if (count > 1) put(words, 1, Points.equation(33, 11, 3));
            uint256 before = gasleft();
            assertTrue(PairingBatch.holds(words, count), "valid");
            assertLe(before - gasleft(), PairingBatch.gasFor(count), "gas");
        }
    }

    function test_dirtyMemory_changesNothing() public view {
        uint256[] memory words = equations(2);
        dirtyMemory();
        assertTrue(PairingBatch.holds(words, 2), "valid");
        put(words, 1, Points.equation(7, 7, 2));
        dirtyMemory();
        assertTrue(!PairingBatch.holds(words, 2), "false");
    }

    function equations(uint256 count) private view returns (uint256[] memory words) {
        words = new uint256[](PairingBatch.WORDS * count);
        for (uint256 i = 0; i < count; ++i) {
            put(words, i, Points.equation(2 * (i + 5), i + 5, 2));
        }
    }

    function put(uint256[] memory words, uint256 i, uint256[12] memory equation) private pure {
        for (uint256 k = 0; k < 12; ++k) {
            words[PairingBatch.WORDS * i + k] = equation[k];
        }
    }
}
