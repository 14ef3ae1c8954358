// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {RequestParams} from "./Request.sol";

/// @notice What a request may ask beyond a fixed fee in ETH for whoever comes first.
/// @param token What the fee and the collateral are paid in; zero is ETH.
/// @param startFee The price until `priceFrom`. The larger of `startFee` and `endFee` is the request's fee, held in escrow.
/// @param endFee The price from `priceUntil` on; in between the price is linear in time.
/// @param priceFrom When the price starts to move, in seconds since 1970.
/// @param priceUntil When it stops.
/// @param provers Who may prove: zero for anyone, one address in the low 160 bits, or the root of a Merkle tree (`ProverList`).
/// @param collateral What a prover stakes to lock the request; zero when it cannot be locked.
/// @param lockSeconds How long a lock keeps other provers out.
struct Options {
    address token;
    uint96 startFee;
    uint96 endFee;
    uint40 priceFrom;
    uint40 priceUntil;
    bytes32 provers;
    uint96 collateral;
    uint32 lockSeconds;
}

/// @notice A request with options. Either `input` is given, or `inputHash` with an optional place to fetch the input from.
/// @param inputURI Where provers find an input of which only the hash is given; empty when it reaches them another way.
struct Offer {
    RequestParams params;
    Options options;
    bytes32 inputHash;
    bytes input;
    string inputURI;
}

/// @notice What changed since a request was opened: fee added to it, and when a cancellation takes effect (zero for none).
struct Amendment {
    uint96 extraFee;
    uint40 cancelAt;
}

/// @notice Who locked a request, when, and until when others are kept out.
struct Lock {
    address prover;
    uint40 lockedAt;
    uint40 expiresAt;
}
