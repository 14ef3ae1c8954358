// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {PackedOutput} from "../libraries/PackedOutput.sol";
import {InferenceConsumer} from "./InferenceConsumer.sol";

/// @title A loan released by a credit scorecard
/// @notice The underwriter vouches for an applicant's features; the model decides; an approval releases the principal at once.
contract CreditLoan is InferenceConsumer {
    using PackedOutput for bytes;

    enum Decision {
        None,
        Pending,
        Approved,
        Declined
    }

    struct Application {
        address borrower;
        Decision decision;
        uint88 owed;
    }

    /// @notice A release to an account that does not exist yet takes 48,000, the most of all outcomes; the rest is for wallets.
    uint32 public constant CALLBACK_GAS = 120_000;
    uint40 public constant DECISION_SECONDS = 1 hours;

    address public immutable underwriter;
    bytes32 public immutable modelId;
    /// @notice Bytes of the model's one output element.
    uint256 public immutable outputWidth;
    /// @notice The least output that approves, in the output's own integer units.
    int256 public immutable approvalThreshold;
    uint88 public immutable principal;

    mapping(bytes32 requestId => Application) public applications;

    event Applied(bytes32 indexed requestId, address indexed borrower);
    event LoanReleased(bytes32 indexed requestId, address indexed borrower, uint256 principal, int256 score);
    event LoanDeclined(bytes32 indexed requestId, address indexed borrower, int256 score);
    event LoanRepaid(bytes32 indexed requestId, uint256 amount, uint256 owed);

    error NotUnderwriter(address caller);
    error PoolTooSmall(uint256 principal, uint256 pool);
    error BorrowerRefused(address borrower);
    error RepaymentTooLarge(uint256 amount, uint256 owed);

    constructor(
        IRequestMarket market_,
        bytes32 modelId_,
        uint256 outputWidth_,
        int256 approvalThreshold_,
        uint88 principal_
    ) payable InferenceConsumer(market_) {
        underwriter = msg.sender;
        modelId = modelId_;
        outputWidth = outputWidth_;
        approvalThreshold = approvalThreshold_;
        principal = principal_;
    }

    /// @notice Adds to the pool that principals are paid from.
    receive() external payable {}

    /// @notice Asks for a decision on a borrower's features; msg.value is the prover's fee.
    function applyFor(address borrower, bytes calldata features) external payable returns (bytes32 requestId) {
        if (msg.sender != underwriter) revert NotUnderwriter(msg.sender);
        uint40 deadline = uint40(block.timestamp) + DECISION_SECONDS;
        requestId = _request(modelId, features, msg.value, CALLBACK_GAS, deadline, msg.sender);
        applications[requestId] = Application(borrower, Decision.Pending, 0);
        emit Applied(requestId, borrower);
    }

    /// @notice Pays back part or all of a loan.
    function repay(bytes32 requestId) external payable {
        Application storage application = applications[requestId];
        uint256 owed = application.owed;
        if (msg.value > owed) revert RepaymentTooLarge(msg.value, owed);
        application.owed = uint88(owed - msg.value);
        emit LoanRepaid(requestId, msg.value, owed - msg.value);
    }

    function _onInference(bytes32 requestId, bytes32, bytes calldata output) internal override {
        Application storage application = applications[requestId];
        address borrower = application.borrower;
        int256 score = output.intAt(0, outputWidth);
        if (score < approvalThreshold) {
            application.decision = Decision.Declined;
            emit LoanDeclined(requestId, borrower, score);
            return;
        }
        if (address(this).balance < principal) revert PoolTooSmall(principal, address(this).balance);
        application.decision = Decision.Approved;
        application.owed = principal;
        emit LoanReleased(requestId, borrower, principal, score);
        (bool ok,) = borrower.call{value: principal}("");
        if (!ok) revert BorrowerRefused(borrower);
    }
}
