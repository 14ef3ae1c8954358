// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketErrors} from "./IMarketErrors.sol";
import {IMarketEvents} from "./IMarketEvents.sol";
import {IMarketFunds} from "./IMarketFunds.sol";
import {IMarketOffers} from "./IMarketOffers.sol";
import {IModelRegistry} from "./IModelRegistry.sol";
import {ModelRecord} from "../types/ModelRecord.sol";
import {BatchOutcome, Request, RequestParams, RequestView, Settlement, Status} from "../types/Request.sol";

/// @notice Requests for proven inferences: a fee in escrow, a proof that settles it, a payment to the prover the proof names.
/// @dev A request is `Open` until it is settled or refunded. Settlement is possible while block.timestamp <= deadline, refund
/// from the second after. docs/market.md has every state, exit and event.
interface IRequestMarket is IMarketErrors, IMarketEvents, IMarketFunds, IMarketOffers {
    /// @notice Opens a request for `input`, with msg.value as its fee in escrow.
    function submit(RequestParams calldata params, bytes calldata input) external payable returns (bytes32 requestId);

    /// @notice Settles a request with a proof. Anyone may send it; the prover named in the proof's context is paid.
    function settle(Settlement calldata settlement) external;

    /// @notice Settles many requests, with one pairing for all proofs whose verifiers are `IBatchableVerifier`s. An item that fails
    /// changes nothing and stops no other.
    /// @param itemGasLimit Gas that each item may use at most, its verification and callback included. A malformed proof can burn
    /// all of it, twice.
    /// @return outcomes One per item. Items from the first that could not be given `itemGasLimit` on are `NotAttempted`.
    function settleBatch(Settlement[] calldata settlements, uint256 itemGasLimit)
        external
        returns (BatchOutcome[] memory outcomes);

    /// @notice Calls the consumer again after a failed callback. Anyone may; at most one call ever succeeds.
    /// @return ok Whether the consumer took the output this time.
    function retryCallback(bytes32 requestId, Request calldata request, bytes calldata output) external returns (bool ok);

    /// @notice Returns the escrow of an expired request to its refundee. Anyone may.
    /// @dev ETH is sent; if the refundee refuses it, or the fee is a token, it is credited to the refundee's balance.
    /// @param options Empty when `request.optionsHash` is zero.
    function refund(bytes32 requestId, Request calldata request, bytes calldata options) external;

    /// @notice Copies a model's record from the registry, so that a deprecation takes effect here. Anyone may.
    function syncModel(bytes32 modelId) external;

    /// @notice Pauses new requests, locks and settlements for at most `MAX_PAUSE_SECONDS`; zero ends a pause. Guardian only.
    function pause(uint256 durationSeconds) external;

    /// @notice Hands the guardian's role on. Zero gives it up for good. Guardian only.
    function setGuardian(address guardian) external;

    /// @notice The registry that models come from.
    function registry() external view returns (IModelRegistry);

    /// @notice The guardian.
    function guardian() external view returns (address);

    /// @notice When the latest pause ends or ended.
    function pausedUntil() external view returns (uint256);

    /// @notice How many requests were opened; their indices are 0 to requestCount - 1, without gaps.
    function requestCount() external view returns (uint256);

    /// @notice The requests with indices [from, to), cut to those that exist.
    function getRequests(uint256 from, uint256 to) external view returns (RequestView[] memory views);

    /// @notice Where a request stands; `None` for an id the market never gave out.
    function status(bytes32 requestId) external view returns (Status);

    /// @notice keccak256 of the output of a request without callback, or whose callback failed at least once; else zero.
    function resultHash(bytes32 requestId) external view returns (bytes32);

    /// @notice What a proof by `prover` for this request must be bound to.
    function contextOf(bytes32 requestId, address prover) external view returns (bytes32);

    /// @notice The market's copy of a model's record; zero when it has none.
    function modelRecord(bytes32 modelId) external view returns (ModelRecord);
}
