// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// A token with ERC-2612 permits that anyone may mint; the base of the odd ones below.
contract PlainToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    mapping(address owner => uint256) public nonces;

    bytes32 private constant PERMIT_TYPE_HASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(address to, uint256 value) external virtual returns (bool) {
        _move(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external virtual returns (bool) {
        allowance[from][msg.sender] -= value;
        _move(from, to, value);
        return true;
    }

    function DOMAIN_SEPARATOR() public view returns (bytes32) {
        return keccak256(abi.encode(keccak256("Plain"), block.chainid, address(this)));
    }

    function permitDigest(address owner, address spender, uint256 value, uint256 validUntil)
        public
        view
        returns (bytes32)
    {
        bytes32 structHash =
            keccak256(abi.encode(PERMIT_TYPE_HASH, owner, spender, value, nonces[owner], validUntil));
        return keccak256(abi.encodePacked(hex"1901", DOMAIN_SEPARATOR(), structHash));
    }

    function permit(address owner, address spender, uint256 value, uint256 validUntil, uint8 v, bytes32 r, bytes32 s)
        external
    {
        require(block.timestamp <= validUntil, "permit expired");
        require(ecrecover(permitDigest(owner, spender, value, validUntil), v, r, s) == owner, "permit invalid");
        ++nonces[owner];
        allowance[owner][spender] = value;
    }

    function _move(address from, address to, uint256 value) internal virtual {
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }
}

/// Keeps a hundredth of every transfer.
contract FeeToken is PlainToken {
    function _move(address from, address to, uint256 value) internal override {
        balanceOf[from] -= value;
        balanceOf[to] += value - value / 100;
    }
}

/// Delivers one more than was sent.
contract BonusToken is PlainToken {
    function _move(address from, address to, uint256 value) internal override {
        balanceOf[from] -= value;
        balanceOf[to] += value + 1;
    }
}

/// Transfers return nothing.
contract SilentToken {
    mapping(address account => uint256) public balanceOf;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function transfer(address to, uint256 value) external {
        balanceOf[msg.sender] -= value;
        balanceOf[to] += value;
    }

    function transferFrom(address from, address to, uint256 value) external {
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }
}

/// Returns false instead of reverting.
contract FalseToken is PlainToken {
    function transfer(address, uint256) external pure override returns (bool) {
        return false;
    }

    function transferFrom(address, address, uint256) external pure override returns (bool) {
        return false;
    }
}

/// Refuses transfers to or from one account.
contract BlockingToken is PlainToken {
    address public blocked;

    function setBlocked(address account) external {
        blocked = account;
    }

    function _move(address from, address to, uint256 value) internal override {
        require(from != blocked && to != blocked, "blocked");
        super._move(from, to, value);
    }
}

/// Calls its sender back before it moves anything, as ERC-777 tokens do.
contract HookToken is PlainToken {
    address public hooked;
    bytes public attack;
    bool public attackOk;

    function setHook(address target, bytes calldata data) external {
        (hooked, attack) = (target, data);
    }

    function _move(address from, address to, uint256 value) internal override {
        if (attack.length != 0) {
            bytes memory data = attack;
            delete attack;
            (attackOk,) = hooked.call(data);
        }
        super._move(from, to, value);
    }
}

/// Says any signature is valid, invalid, or burns its gas.
contract SigningWallet {
    enum Mode {
        Accepts,
        Rejects,
        AcceptsWithDirtyWord,
        Burns
    }

    Mode public mode;

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes32) {
        if (mode == Mode.Burns) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        if (mode == Mode.Rejects) return bytes32(bytes4(0xffffffff));
        if (mode == Mode.AcceptsWithDirtyWord) return bytes32(bytes4(0x1626ba7e)) | bytes32(uint256(1));
        return bytes32(bytes4(0x1626ba7e));
    }
}
