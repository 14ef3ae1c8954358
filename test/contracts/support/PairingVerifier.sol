// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IBatchableVerifier} from "../../../contracts/interfaces/IBatchableVerifier.sol";

/// Points of BN254 with known logarithms.
library Points {
    function times(uint256 scalar) internal view returns (uint256 x, uint256 y) {
        (bool ok, bytes memory point) = address(7).staticcall(abi.encode(1, 2, scalar));
        require(ok, "ecMul");
        (x, y) = abi.decode(point, (uint256, uint256));
    }

    /// @return p [1]_2
    function generator() internal pure returns (uint256[4] memory p) {
        p[0] = 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2;
        p[1] = 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed;
        p[2] = 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b;
        p[3] = 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa;
    }

    /// @param tau 2 or 3; anything else gives a point of the twist outside the group.
    /// @return p -[tau]_2
    function negated(uint256 tau) internal pure returns (uint256[4] memory p) {
        if (tau == 2) {
            p[0] = 0x203e205db4f19b37b60121b83a7333706db86431c6d835849957ed8c3928ad79;
            p[1] = 0x27dc7234fd11d3e8c36c59277c3e6f149d5cd3cfa9a62aee49f8130962b4b3b9;
            p[2] = 0x1705c3cd29af2bc64624b9a1485000c0627c1426199281b8a33f062687df1bf5;
            p[3] = 0x2ba8faba49b3409717940e8f3ebcd55452dbcf4181c00a46cdf61e69c651a019;
        } else if (tau == 3) {
            p[0] = 0x1014772f57bb9742735191cd5dcfe4ebbc04156b6878a0a7c9824f32ffb66e85;
            p[1] = 0x06064e784db10e9051e52826e192715e8d7e478cb09a5e0012defa0694fbc7f5;
            p[2] = 0x2e462b3cedfc5472262048f38df42539b9ed16e51ebc764bf6f5a14cc405eb95;
            p[3] = 0x2ad6311c5f7be649b1053619f454efbd2dc849ba234fe2f5d71d1ebf7210a7b0;
        } else {
            p[0] = 0;
            p[1] = 1;
            p[2] = 0x2351dcdda257b62181cbd745dfee16d5fdf4eb185bbcf33c20a0fe6eaa9cb4a3;
            p[3] = 0x07fb3d558dafafb6bf6dd326a5fefe0beca3f9ac3bd999a390d504fad34b0b8c;
        }
    }

    /// @return words e([a], [1]_2) · e([p], -[tau]_2), which is 1 when a = tau · p.
    function equation(uint256 a, uint256 p, uint256 tau) internal view returns (uint256[12] memory words) {
        (words[0], words[1]) = times(a);
        (words[6], words[7]) = times(p);
        uint256[4] memory one = generator();
        uint256[4] memory minusTau = negated(tau);
        for (uint256 k = 0; k < 4; ++k) {
            words[2 + k] = one[k];
            words[8 + k] = minusTau[k];
        }
    }
}

/// Stands in for a generated verifier where the market's batches are under test. A proof is the keyed digest of the whole statement and
/// two exponents (a, p); it is valid when a = tau · p, which only a pairing tells.
contract PairingVerifier is IBatchableVerifier {
    bytes32 public immutable vkDigest;
    uint256 public immutable tau;

    enum Answer {
        Words,
        OffCurve,
        TooFewWords,
        Burn
    }

    /// How `pairingInput` answers; `verify` is always as it should be.
    Answer public answer;

    error ProofInvalid();
    error PairingFailed();

    constructor(bytes32 vkDigest_, uint256 tau_) {
        (vkDigest, tau) = (vkDigest_, tau_);
    }

    function set(Answer answer_) external {
        answer = answer_;
    }

    function verify(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256)
    {
        uint256[12] memory words = _words(proof, input, output, context);
        (bool ok, bytes memory result) = address(8).staticcall(abi.encode(words));
        if (!ok || abi.decode(result, (uint256)) != 1) revert PairingFailed();
        return 1;
    }

    function pairingInput(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256[12] memory words)
    {
        words = _words(proof, input, output, context);
        if (answer == Answer.OffCurve) words[1] ^= 1;
        if (answer == Answer.TooFewWords) {
            assembly ("memory-safe") {
                return(words, 0x160)
            }
        }
        if (answer == Answer.Burn) {
            assembly ("memory-safe") {
                invalid()
            }
        }
    }

    function prove(bytes calldata input, bytes calldata output, bytes32 context, uint256 a, uint256 p)
        external
        view
        returns (bytes memory)
    {
        return abi.encode(keccak256(abi.encode(vkDigest, input, output, context)), a, p);
    }

    function _words(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        private
        view
        returns (uint256[12] memory)
    {
        (bytes32 digest, uint256 a, uint256 p) = abi.decode(proof, (bytes32, uint256, uint256));
        if (digest != keccak256(abi.encode(vkDigest, input, output, context))) revert ProofInvalid();
        return Points.equation(a, p, tau);
    }
}
