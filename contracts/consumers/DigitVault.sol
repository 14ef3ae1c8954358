// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {PackedOutput} from "../libraries/PackedOutput.sol";
import {InferenceConsumer} from "./InferenceConsumer.sol";

/// @title A vault opened by handwriting
/// @notice Whoever first shows the model images it reads as the code's digits, in order, may take what the vault holds. The code is
/// public: the vault shows argmax over logits deciding on chain, not a secret.
contract DigitVault is InferenceConsumer {
    using PackedOutput for bytes;

    /// @notice The attempt that unlocks takes 46,000, the most of all outcomes.
    uint32 public constant CALLBACK_GAS = 100_000;
    uint40 public constant ATTEMPT_SECONDS = 1 hours;

    bytes32 public immutable modelId;
    /// @notice Bytes of one logit.
    uint256 public immutable outputWidth;
    /// @notice One byte per digit.
    bytes public code;

    address public unlockedBy;
    mapping(address player => uint256 digitsRead) public progress;
    mapping(bytes32 requestId => address player) public playerOf;

    event Attempted(bytes32 indexed requestId, address indexed player);
    event DigitRead(bytes32 indexed requestId, address indexed player, uint256 digit, uint256 progress);
    event Unlocked(address indexed player);
    event Emptied(address indexed player, address indexed to, uint256 amount);

    error CodeEmpty();
    error AlreadyUnlocked(address by);
    error NotUnlockedBy(address caller);
    error RecipientRefused(address to);

    constructor(IRequestMarket market_, bytes32 modelId_, uint256 outputWidth_, bytes memory code_)
        payable
        InferenceConsumer(market_)
    {
        if (code_.length == 0) revert CodeEmpty();
        modelId = modelId_;
        outputWidth = outputWidth_;
        code = code_;
    }

    /// @notice Adds to what the vault holds.
    receive() external payable {}

    /// @notice Shows an image; msg.value is the prover's fee.
    function attempt(bytes calldata image) external payable returns (bytes32 requestId) {
        if (unlockedBy != address(0)) revert AlreadyUnlocked(unlockedBy);
        uint40 deadline = uint40(block.timestamp) + ATTEMPT_SECONDS;
        requestId = _request(modelId, image, msg.value, CALLBACK_GAS, deadline, msg.sender);
        playerOf[requestId] = msg.sender;
        emit Attempted(requestId, msg.sender);
    }

    /// @notice Pays the vault's contents out, to the player who unlocked it.
    function empty(address to) external {
        if (msg.sender != unlockedBy) revert NotUnlockedBy(msg.sender);
        uint256 amount = address(this).balance;
        emit Emptied(msg.sender, to, amount);
        (bool ok,) = to.call{value: amount}("");
        if (!ok) revert RecipientRefused(to);
    }

    function _onInference(bytes32 requestId, bytes32, bytes calldata output) internal override {
        address player = playerOf[requestId];
        uint256 digit = output.argmax(outputWidth);
        uint256 read = progress[player];
        read = read < code.length && uint8(code[read]) == digit ? read + 1 : 0;
        progress[player] = read;
        emit DigitRead(requestId, player, digit, read);
        if (read == code.length && unlockedBy == address(0)) {
            unlockedBy = player;
            emit Unlocked(player);
        }
    }
}
