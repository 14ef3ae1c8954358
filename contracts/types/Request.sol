// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Where a request stands. `Open` covers a request whose deadline has passed and whose refund nobody has taken yet.
enum Status {
    None,
    Open,
    Settled,
    CallbackFailed,
    Refunded
}

/// @notice What became of one item of a batch.
enum BatchOutcome {
    NotAttempted,
    Settled,
    Failed
}

/// @notice What a requester chooses. `refundee` zero means the requester; `callback` zero means no call, the result is kept.
struct RequestParams {
    bytes32 modelId;
    address refundee;
    address callback;
    uint32 callbackGasLimit;
    uint40 deadline;
}

/// @notice The terms a request id commits to. The market stores only the id; whoever acts on a request shows these again.
/// @dev The last five fields are the event's data words, in this order (`RequestEvent`).
struct Request {
    address requester;
    bytes32 modelId;
    bytes32 optionsHash;
    bytes32 inputHash;
    address refundee;
    address callback;
    uint32 callbackGasLimit;
    uint40 deadline;
    uint96 fee;
}

/// @notice One settlement: the request's terms, the input and output as packed bytes, the proof, and the prover it names.
/// @param options Empty when `request.optionsHash` is zero.
struct Settlement {
    bytes32 requestId;
    Request request;
    bytes input;
    bytes output;
    bytes proof;
    address prover;
    bytes options;
}

/// @notice A request as the range view shows it.
struct RequestView {
    bytes32 requestId;
    Status status;
}
