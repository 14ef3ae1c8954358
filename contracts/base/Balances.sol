// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IMarketFunds} from "../interfaces/IMarketFunds.sol";
import {IRequestMarket} from "../interfaces/IRequestMarket.sol";
import {ExactGasCall} from "../libraries/ExactGasCall.sol";
import {SafeTransfer} from "../libraries/SafeTransfer.sol";
import {ReentrancyGuard} from "./ReentrancyGuard.sol";

/// @notice The part of ERC-2612 that deposits use.
interface IPermit {
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external;
}

/// Money the market owes, per token and account; token zero is ETH. Everything paid is credited here and pulled by its owner.
abstract contract Balances is IRequestMarket, ReentrancyGuard {
    address internal constant ETH = address(0);

    mapping(address token => mapping(address account => uint256)) private _balances;

    /// @inheritdoc IMarketFunds
    function deposit(address token, address account, uint256 amount)
        external
        payable
        nonReentrant
        returns (uint256 received)
    {
        if (account == address(0)) revert ZeroAddress();
        if (token == ETH) {
            if (msg.value != amount) revert ValueMismatch(amount, msg.value);
            received = amount;
        } else {
            if (msg.value != 0) revert ValueMismatch(0, msg.value);
            received = _pull(token, msg.sender, amount);
        }
        _deposited(token, account, received);
    }

    /// @inheritdoc IMarketFunds
    function depositWithPermit(address token, uint256 amount, uint256 validUntil, uint8 v, bytes32 r, bytes32 s)
        external
        nonReentrant
        returns (uint256 received)
    {
        if (token == ETH) revert ZeroAddress();
        try IPermit(token).permit(msg.sender, address(this), amount, validUntil, v, r, s) {} catch {}
        received = _pull(token, msg.sender, amount);
        _deposited(token, msg.sender, received);
    }

    /// @inheritdoc IMarketFunds
    function withdraw(address token, address to, uint256 amount) external nonReentrant {
        if (to == address(0)) revert ZeroAddress();
        _payOut(token, msg.sender, to, amount);
    }

    /// @inheritdoc IMarketFunds
    function release(address token, address account) external nonReentrant returns (uint256 amount) {
        amount = _balances[token][account];
        _payOut(token, account, account, amount);
    }

    /// @inheritdoc IMarketFunds
    function balanceOf(address token, address account) public view returns (uint256) {
        return _balances[token][account];
    }

    function _credit(address token, address account, uint256 amount) internal {
        _balances[token][account] += amount;
    }

    /// @dev Credits what is not the prover's payment; nothing happens for zero.
    function _creditAside(address token, address account, uint256 amount) internal {
        if (amount == 0) return;
        _credit(token, account, amount);
        emit Credited(token, account, amount);
    }

    function _debit(address token, address account, uint256 amount) internal {
        uint256 balance = _balances[token][account];
        if (balance < amount) revert InsufficientBalance(token, account, balance, amount);
        // Cannot underflow: compared above.
        unchecked {
            _balances[token][account] = balance - amount;
        }
    }

    /// @dev Takes exactly `amount` from the caller: from msg.value, from the internal balance, or by transferFrom.
    function _collect(address token, uint256 amount) internal {
        if (token == ETH && msg.value != 0) {
            if (msg.value != amount) revert ValueMismatch(amount, msg.value);
            return;
        }
        if (msg.value != 0) revert ValueMismatch(0, msg.value);
        if (token == ETH || _balances[token][msg.sender] >= amount) {
            _debit(token, msg.sender, amount);
            return;
        }
        uint256 received = _pull(token, msg.sender, amount);
        if (received < amount) revert ReceivedTooLittle(token, amount, received);
        _creditAside(token, msg.sender, received - amount);
    }

    /// @dev What arrives is measured, so it must not nest: every caller is nonReentrant.
    function _pull(address token, address from, uint256 amount) private returns (uint256 received) {
        uint256 before = SafeTransfer.balanceOf(token, address(this));
        SafeTransfer.transferFrom(token, from, address(this), amount);
        received = SafeTransfer.balanceOf(token, address(this)) - before;
    }

    function _deposited(address token, address account, uint256 received) private {
        _credit(token, account, received);
        emit Deposited(token, account, received);
    }

    function _payOut(address token, address account, address to, uint256 amount) private {
        _debit(token, account, amount);
        emit Withdrawn(token, account, to, amount);
        if (token == ETH) {
            if (!ExactGasCall.sendValueWithAllGas(to, amount)) revert PaymentRefused(to);
        } else {
            SafeTransfer.transfer(token, to, amount);
        }
    }
}
