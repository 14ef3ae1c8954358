// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/**
 * The statement a proof is bound to, absorbed by the proof's transcript.
 *
 * context = keccak256(abi.encode(chainId, market, requestId, prover))
 *
 * A proof therefore pays its own prover whoever submits it, and settles one request of one market on one chain.
 */
library Context {
    /// @dev Call from the market itself: `address(this)` is part of the statement.
    function derive(bytes32 requestId, address prover) internal view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), requestId, prover));
    }
}
