// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Internal balances: fees may be paid from them, provers are paid into them, and their owners withdraw. Token zero is ETH.
/// @dev Tokens whose balances shrink by themselves are not supported: their holders would run on the last to withdraw.
interface IMarketFunds {
    /// @notice Credits `account` with what the market receives: msg.value, or `amount` tokens less what the token keeps.
    function deposit(address token, address account, uint256 amount) external payable returns (uint256 received);

    /// @notice As `deposit` for the caller's own account, with an ERC-2612 permit instead of an approval.
    /// @dev A permit that fails is ignored, as it may have been used by someone who saw it; the transfer decides.
    function depositWithPermit(address token, uint256 amount, uint256 validUntil, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 received);

    /// @notice Pays `amount` of the caller's balance to `to`.
    function withdraw(address token, address to, uint256 amount) external;

    /// @notice Pays all of an account's balance to that account. Anyone may.
    function release(address token, address account) external returns (uint256 amount);

    /// @notice An account's internal balance.
    function balanceOf(address token, address account) external view returns (uint256);
}
