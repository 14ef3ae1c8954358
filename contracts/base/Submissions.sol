// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketOffers} from "../interfaces/IMarketOffers.sol";
import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {OfferHash} from "../libraries/OfferHash.sol";
import {OptionsCode} from "../libraries/OptionsCode.sol";
import {Price} from "../libraries/Price.sol";
import {RequestEvent} from "../libraries/RequestEvent.sol";
import {RequestTerms} from "../libraries/RequestTerms.sol";
import {SignatureCheck} from "../libraries/SignatureCheck.sol";
import {Offer, Options} from "../types/Offer.sol";
import {Request, RequestParams} from "../types/Request.sol";
import {MarketState} from "./MarketState.sol";

/// The ways a request is opened.
abstract contract Submissions is MarketState {
    /// @notice Leaves two fifths of a transaction's cap (2^24, EIP-7825) to the verifier and the settlement itself.
    uint256 public constant MAX_CALLBACK_GAS = 10_000_000;

    /// @notice No fee waits longer than this in escrow, also when its requester cannot cancel.
    uint256 public constant MAX_LIFETIME_SECONDS = 365 days;

    mapping(address account => mapping(uint256 word => uint256 bits)) private _nonces;

    /// @inheritdoc IRequestMarket
    function submit(RequestParams calldata params, bytes calldata input) external payable returns (bytes32 requestId) {
        if (msg.value > type(uint96).max) revert FeeTooLarge(msg.value);
        uint256 inputBytes = _activeModel(params.modelId).inputBytes();
        if (input.length != inputBytes) revert InputLengthMismatch(inputBytes, input.length);
        // The cast fits: compared above.
        Request memory request = RequestTerms.make(params, msg.sender, 0, keccak256(input), uint96(msg.value));
        _checkTerms(request);
        requestId = _open(request);
        RequestEvent.emitSubmitted(requestId, request, input);
    }

    /// @inheritdoc IMarketOffers
    function submitOffer(Offer calldata offer) external payable nonReentrant returns (bytes32 requestId) {
        Request memory request = _termsOf(offer, msg.sender);
        requestId = _openOffer(offer, request);
        _collect(offer.options.token, request.fee);
    }

    /// @inheritdoc IMarketOffers
    function submitSigned(
        Offer calldata offer,
        address requester,
        uint256 nonce,
        uint40 validUntil,
        bytes calldata signature
    ) external nonReentrant returns (bytes32 requestId) {
        if (block.timestamp > validUntil) revert SignatureExpired(validUntil);
        Request memory request = _termsOf(offer, requester);
        bytes32 digest = OfferHash.digest(request, offer.inputURI, nonce, validUntil);
        if (!SignatureCheck.isValid(requester, digest, signature)) revert SignatureInvalid(requester);
        _useNonce(requester, nonce);
        requestId = _openOffer(offer, request);
        _debit(offer.options.token, requester, request.fee);
    }

    /// @inheritdoc IMarketOffers
    function cancelNonce(uint256 nonce) external {
        _useNonce(msg.sender, nonce);
    }

    /// @inheritdoc IMarketOffers
    function isNonceUsed(address account, uint256 nonce) external view returns (bool) {
        return _nonces[account][nonce >> 8] & (1 << (nonce & 0xff)) != 0;
    }

    /// @inheritdoc IMarketOffers
    function eip712Domain()
        external
        view
        returns (bytes1, string memory, string memory, uint256, address, bytes32, uint256[] memory)
    {
        return (hex"0f", OfferHash.NAME, OfferHash.VERSION, block.chainid, address(this), 0, new uint256[](0));
    }

    function _useNonce(address account, uint256 nonce) private {
        uint256 bit = 1 << (nonce & 0xff);
        uint256 bits = _nonces[account][nonce >> 8];
        if (bits & bit != 0) revert NonceAlreadyUsed(account, nonce);
        _nonces[account][nonce >> 8] = bits | bit;
        emit NonceUsed(account, nonce);
    }

    function _openOffer(Offer calldata offer, Request memory request) private returns (bytes32 requestId) {
        uint256 inputBytes = _activeModel(request.modelId).inputBytes();
        uint256 given = offer.input.length;
        if (given != 0 && given != inputBytes) revert InputLengthMismatch(inputBytes, given);
        requestId = _open(request);
        emit OfferSubmitted(
            requestId, request.modelId, request.requester, request, offer.options, offer.input, offer.inputURI
        );
    }

    function _termsOf(Offer calldata offer, address requester) private view returns (Request memory request) {
        RequestParams calldata params = offer.params;
        Options memory options = offer.options;
        if (options.priceFrom > options.priceUntil) revert PriceWindowInvalid(options.priceFrom, options.priceUntil);
        if ((options.collateral == 0) != (options.lockSeconds == 0)) {
            revert LockTermsInvalid(options.collateral, options.lockSeconds);
        }
        bytes32 optionsHash = OptionsCode.hash(options);
        request = RequestTerms.make(params, requester, optionsHash, _inputHashOf(offer), Price.escrow(options));
        _checkTerms(request);
    }

    /// @dev The given hash may be zero when the input is there; an input that is not there must have its hash.
    function _inputHashOf(Offer calldata offer) private pure returns (bytes32 hash) {
        if (offer.input.length == 0) {
            if (offer.inputHash == 0) revert InputHashMismatch(0, 0);
            return offer.inputHash;
        }
        hash = keccak256(offer.input);
        if (offer.inputHash != 0 && offer.inputHash != hash) revert InputHashMismatch(offer.inputHash, hash);
    }

    function _checkTerms(Request memory request) private view {
        if (request.deadline <= block.timestamp) revert DeadlineInPast(request.deadline, block.timestamp);
        if (request.deadline > block.timestamp + MAX_LIFETIME_SECONDS) {
            revert DeadlineTooFar(request.deadline, block.timestamp + MAX_LIFETIME_SECONDS);
        }
        if (request.callback == address(0)) return;
        uint32 gasLimit = request.callbackGasLimit;
        if (gasLimit == 0 || gasLimit > MAX_CALLBACK_GAS) revert CallbackGasOutOfRange(gasLimit, MAX_CALLBACK_GAS);
    }
}
