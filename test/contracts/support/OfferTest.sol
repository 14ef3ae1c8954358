// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {OptionsCode} from "../../../contracts/libraries/OptionsCode.sol";
import {Price} from "../../../contracts/libraries/Price.sol";
import {Offer, Options} from "../../../contracts/types/Offer.sol";
import {Request, Settlement} from "../../../contracts/types/Request.sol";
import {MarketTest} from "./MarketTest.sol";

/// Offers of REQUESTER with a fixed fee in ETH for anyone, to be changed by each test.
abstract contract OfferTest is MarketTest {
    function plainOffer() internal view returns (Offer memory offer) {
        offer.params = params(address(0));
        offer.options.startFee = FEE;
        offer.options.endFee = FEE;
        offer.input = input;
    }

    function offerTerms(Offer memory offer) internal view returns (Request memory request) {
        request = termsOf(offer.params, Price.escrow(offer.options));
        request.optionsHash = OptionsCode.hash(offer.options);
    }

    function submitOffer(Offer memory offer) internal returns (bytes32 requestId, Request memory request) {
        request = offerTerms(offer);
        uint256 value = offer.options.token == ETH ? request.fee : 0;
        vm.prank(REQUESTER);
        requestId = market.submitOffer{value: value}(offer);
    }

    function encoded(Options memory options) internal pure returns (bytes memory) {
        return abi.encode(options, new bytes32[](0));
    }

    function offerSettlement(bytes32 requestId, Request memory request, Options memory options)
        internal
        view
        returns (Settlement memory s)
    {
        s = settlement(requestId, request);
        s.options = encoded(options);
    }
}
