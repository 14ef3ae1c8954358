// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IInferenceConsumer} from "../../../contracts/interfaces/IInferenceConsumer.sol";
import {RequestMarket} from "../../../contracts/RequestMarket.sol";
import {Request, RequestParams, Settlement} from "../../../contracts/types/Request.sol";

/// Records what reaches it and can be told to refuse.
contract RecordingConsumer is IInferenceConsumer {
    uint256 public calls;
    bytes32 public lastRequestId;
    bytes32 public lastModelId;
    bytes public lastOutput;
    uint256 public gasReceived;
    bool public refuses;

    error Refused(uint256 code);

    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function onInference(bytes32 requestId, bytes32 modelId, bytes calldata output) external {
        gasReceived = gasleft();
        if (refuses) revert Refused(7);
        (lastRequestId, lastModelId, lastOutput) = (requestId, modelId, output);
        ++calls;
    }
}

/// Burns all the gas it gets.
contract BurningConsumer is IInferenceConsumer {
    function onInference(bytes32, bytes32, bytes calldata) external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}

/// Reverts, or returns, with as much memory as its gas pays for.
contract BombConsumer is IInferenceConsumer {
    bool public immutable reverts;

    constructor(bool reverts_) {
        reverts = reverts_;
    }

    function onInference(bytes32, bytes32, bytes calldata) external view {
        bool r = reverts;
        assembly {
            // Memory costs 3 gas per word plus words^2 / 512: this size takes nearly all of `gas()`.
            let words := 1
            for {} lt(add(mul(words, 3), div(mul(words, words), 512)), sub(gas(), 3000)) { words := add(words, 64) } {}
            words := sub(words, 64)
            if r { revert(0, mul(words, 32)) }
            return(0, mul(words, 32))
        }
    }
}

/// Calls into the market from its callback with what it was told, and records what came of it.
contract ReenteringConsumer is IInferenceConsumer {
    RequestMarket public immutable market;
    bytes public attack;
    uint256 public attackValue;
    bool public attackOk;
    bytes public attackReason;
    uint256 public calls;

    constructor(RequestMarket market_) payable {
        market = market_;
    }

    receive() external payable {
        if (attack.length != 0) _attack();
    }

    function set(bytes calldata attack_, uint256 value) external {
        (attack, attackValue) = (attack_, value);
    }

    function onInference(bytes32, bytes32, bytes calldata) external {
        ++calls;
        _attack();
    }

    function _attack() private {
        (attackOk, attackReason) = address(market).call{value: attackValue}(attack);
    }
}

/// Refuses ETH until told otherwise.
contract RefusingReceiver {
    bool public accepts;

    function setAccepts(bool accepts_) external {
        accepts = accepts_;
    }

    function run(address target, bytes calldata data) external {
        (bool ok, bytes memory ret) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(ret, 0x20), mload(ret))
            }
        }
    }

    receive() external payable {
        require(accepts, "refused");
    }
}

/// Takes ETH only with nearly all the gas a refund must bring: 30,000 and the stipend of 2,300.
contract HungryReceiver {
    receive() external payable {
        require(gasleft() >= 32_000, "starved");
    }
}

/// Takes ETH with more gas than a refund brings.
contract CostlyReceiver {
    uint256[8] public slots;

    receive() external payable {
        for (uint256 i = 0; i < 8; ++i) {
            slots[i] = block.timestamp;
        }
    }
}

/// Refuses unless it gets nearly all of `needed` gas.
contract HungryConsumer is IInferenceConsumer {
    uint256 public immutable needed;

    constructor(uint256 needed_) {
        needed = needed_;
    }

    function onInference(bytes32, bytes32, bytes calldata) external view {
        // 1,000 for the dispatch and the decoding before this line.
        require(gasleft() + 1_000 >= needed, "starved");
    }
}

