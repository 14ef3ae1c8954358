// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Amendment, Lock, Offer} from "../types/Offer.sol";
import {Request} from "../types/Request.sol";

/// @notice Requests with options, and what may happen to a request between its opening and its settlement.
interface IMarketOffers {
    /// @notice Opens a request with options. The fee comes from msg.value, from the caller's internal balance, or by transferFrom.
    /// @dev ETH: msg.value is the fee, or zero to pay from the balance. Tokens: the balance pays when it holds the whole fee.
    function submitOffer(Offer calldata offer) external payable returns (bytes32 requestId);

    /// @notice Opens a request with options for its signer, paid from the signer's internal balance. Anyone may send it.
    /// @param nonce Any number the signer has not used; there is no order among them.
    /// @param signature EIP-712 signature (`OfferHash`) of an account, or ERC-1271 of a contract.
    function submitSigned(
        Offer calldata offer,
        address requester,
        uint256 nonce,
        uint40 validUntil,
        bytes calldata signature
    ) external returns (bytes32 requestId);

    /// @notice Gives up one of the caller's nonces, so that an offer signed with it can never be sent.
    function cancelNonce(uint256 nonce) external;

    /// @notice Adds to an open request's fee, paid as in `submitOffer`. Anyone may; a refund goes to the refundee.
    function bumpFee(bytes32 requestId, Request calldata request, bytes calldata options, uint96 amount)
        external
        payable;

    /// @notice Moves the deadline to `CANCEL_SECONDS` from now, or to the end of a running lock, if that is sooner than the
    /// deadline. Requester only. A proof on its way can still be settled, so a cancellation cannot take work for free.
    function cancel(bytes32 requestId, Request calldata request) external returns (uint256 cancelAt);

    /// @notice Stakes the collateral, paid as in `submitOffer`, and keeps other provers out for `lockSeconds`.
    /// @dev The price is the one at this moment. A lock that expires unsettled loses its collateral.
    function lock(bytes32 requestId, Request calldata request, bytes calldata options)
        external
        payable
        returns (uint256 expiresAt);

    /// @notice What settling now would credit to `prover`, and until when it is possible; reverts as `settle` would.
    function quote(bytes32 requestId, Request calldata request, bytes calldata options, address prover)
        external
        view
        returns (uint256 paid, uint256 deadline);

    /// @notice What changed since a request was opened; zeros once it was refunded.
    function amendmentOf(bytes32 requestId) external view returns (Amendment memory);

    /// @notice Who locked a request; zeros when nobody did.
    function lockOf(bytes32 requestId) external view returns (Lock memory);

    /// @notice Whether a nonce can no longer be used.
    function isNonceUsed(address account, uint256 nonce) external view returns (bool);

    /// @notice The EIP-712 domain (ERC-5267).
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        );
}
