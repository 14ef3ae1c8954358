// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/**
 * Many pairing equations in one.
 *
 * Statement   e(A_i, [1]_2) · e(pi_i, -[tau_i]_2) = 1 for every i
 * Check       e(sum_i rho_i A_i, [1]_2) · prod_t e(sum_{i: tau_i = t} rho_i pi_i, -[t]_2) = 1
 *             with rho_0 = 1 and rho_i = keccak256(seed, i) mod 2^253, seed the hash of all points: proofs of any models share a pair
 *             when their structured reference string is the same.
 * Soundness   the groups have prime order (the precompiles check curve and subgroup), so a batch with an equation that fails passes
 *             for at most one value of its rho in 2^253.
 */
library PairingBatch {
    /// @dev Words of one equation: A, [1]_2, pi, -[tau]_2 as the pairing precompile reads them.
    uint256 internal constant WORDS = 12;

    /// @dev Prices of EIP-1108. A precompile that refuses its input burns what it is given, and points come from any verifier.
    uint256 private constant ADD_GAS = 150;
    uint256 private constant MULTIPLY_GAS = 6_000;
    uint256 private constant PAIRING_GAS = 45_000;
    uint256 private constant PAIR_GAS = 34_000;

    uint256 private constant PAIR_WORDS = 6;
    uint256 private constant CHALLENGE_MASK = (1 << 253) - 1;

    /// @notice Whether `count` equations hold, WORDS each in `words`. Their [1]_2 is not read.
    function holds(uint256[] memory words, uint256 count) internal view returns (bool) {
        uint256[] memory pairs = new uint256[](PAIR_WORDS * (count + 1));
        pairs[2] = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
        pairs[3] = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
        pairs[4] = 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b;
        pairs[5] = 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa;
        uint256 used = 1;
        bytes32 seed = _seed(words, count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 scalar = i == 0 ? 1 : _challenge(seed, i);
            uint256 pair = _pairOf(pairs, used, words, i);
            if (pair == used) ++used;
            if (!_addScaled(pairs, 0, words, WORDS * i, scalar)) return false;
            if (!_addScaled(pairs, PAIR_WORDS * pair, words, WORDS * i + 6, scalar)) return false;
        }
        return _pairing(pairs, used);
    }

    /// @notice Gas that `holds` can take at most.
    function gasFor(uint256 count) internal pure returns (uint256) {
        return PAIRING_GAS + PAIR_GAS + 10_000 + count * (PAIR_GAS + 2 * (MULTIPLY_GAS + ADD_GAS) + 3_000);
    }

    function _seed(uint256[] memory words, uint256 count) private pure returns (bytes32 seed) {
        // seed = keccak256(abi.encodePacked(words[0], ..., words[WORDS * count - 1]))
        assembly ("memory-safe") {
            seed := keccak256(add(words, 0x20), mul(count, mul(0x20, WORDS)))
        }
    }

    function _challenge(bytes32 seed, uint256 i) private pure returns (uint256 challenge) {
        // challenge = uint256(keccak256(abi.encode(seed, i))) & CHALLENGE_MASK
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore(0x20, i)
            challenge := and(keccak256(0x00, 0x40), CHALLENGE_MASK)
        }
    }

    /// @return pair The pair with equation i's -[tau]_2; the next free one, which gets it, when there is none.
    function _pairOf(uint256[] memory pairs, uint256 used, uint256[] memory words, uint256 i)
        private
        pure
        returns (uint256 pair)
    {
        uint256 tau = WORDS * i + 8;
        for (pair = 1; pair < used; ++pair) {
            uint256 known = PAIR_WORDS * pair + 2;
            if (
                pairs[known] == words[tau] && pairs[known + 1] == words[tau + 1] && pairs[known + 2] == words[tau + 2]
                    && pairs[known + 3] == words[tau + 3]
            ) return pair;
        }
        for (uint256 k = 0; k < 4; ++k) {
            pairs[PAIR_WORDS * pair + 2 + k] = words[tau + k];
        }
    }

    /// @dev sum += scalar · point, both points of two words.
    /// @return ok False when the point is not on the curve.
    function _addScaled(uint256[] memory sums, uint256 sumWord, uint256[] memory points, uint256 pointWord, uint256 scalar)
        private
        view
        returns (bool ok)
    {
        // (ok, p) = ecMul(point, scalar); (ok, sum) = ecAdd(p, sum)
        assembly ("memory-safe") {
            let sum := add(add(sums, 0x20), shl(5, sumWord))
            let free := mload(0x40)
            mcopy(free, add(add(points, 0x20), shl(5, pointWord)), 0x40)
            ok := 1
            if iszero(eq(scalar, 1)) {
                mstore(add(free, 0x40), scalar)
                ok := staticcall(MULTIPLY_GAS, 7, free, 0x60, free, 0x40)
            }
            mcopy(add(free, 0x40), sum, 0x40)
            ok := and(staticcall(ADD_GAS, 6, free, 0x80, sum, 0x40), ok)
        }
    }

    function _pairing(uint256[] memory pairs, uint256 used) private view returns (bool ok) {
        uint256 gasLimit = PAIRING_GAS + PAIR_GAS * used;
        // ok = ecPairing(pairs[0], ..., pairs[used - 1]) succeeds and answers 1
        assembly ("memory-safe") {
            mstore(0x00, 0)
            ok := staticcall(gasLimit, 8, add(pairs, 0x20), mul(used, mul(0x20, PAIR_WORDS)), 0x00, 0x20)
            ok := and(ok, eq(mload(0x00), 1))
        }
    }
}
