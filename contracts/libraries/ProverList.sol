// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/**
 * Who may prove a request, in one word.
 *
 *   0            anyone
 *   < 2^160      that address only
 *   otherwise    the root of a Merkle tree with leaves keccak256(keccak256(abi.encode(prover))) and sorted pairs, the form
 *                of OpenZeppelin's StandardMerkleTree
 *
 * A root that is below 2^160 by chance would have to have 96 leading zero bits.
 */
library ProverList {
    function allows(bytes32 provers, address prover, bytes32[] memory proof) internal pure returns (bool) {
        if (provers == 0) return true;
        if (uint256(provers) >> 160 == 0) return provers == bytes32(uint256(uint160(prover)));
        bytes32 node = keccak256(bytes.concat(keccak256(abi.encode(prover))));
        for (uint256 i = 0; i < proof.length; ++i) {
            bytes32 sibling = proof[i];
            node = node < sibling ? _hash(node, sibling) : _hash(sibling, node);
        }
        return node == provers;
    }

    function _hash(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return keccak256(abi.encode(left, right));
    }
}
