/**
 * The skeleton of a generated verifier, readable before it is filled in. `{{name}}` stands for what `generate.ts` writes there.
 *
 * Each section of the assembly block is one step of docs/protocol.md. Memory from STATEMENT_MPTR on is temporary: nothing is allocated
 * there, and the words of the pairing are the last thing it holds.
 */
export const TEMPLATE = `// SPDX-License-Identifier: MIT
// {{header}}
pragma solidity ^0.8.28;

/// @title Verifier of the Gavel model "{{model}}"
/// @notice Implements IBatchableVerifier: \`verify\` returns 1 for a valid proof and reverts otherwise.
/// @dev {{provenance}}
contract {{contractName}} {
{{errors}}
    /// @notice Digest of the verifying key, the first thing a transcript absorbs.
    bytes32 public constant vkDigest = {{vkDigest}};

{{fieldConstants}}
    // Lengths in bytes.
{{lengths}}

    // Memory.
{{pointers}}

{{constructor}}    /// @notice Checks a proof that the model maps an input to an output, of which the statement carries \`input\` and \`output\`, for
    /// \`context\`. Always returns 1.
    /// @dev {{boundary}}
    function verify(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256 one)
    {
        preparePairing(proof, input, output, context);
        // require(pairing(words at SCRATCH_MPTR) == 1)
        assembly ("memory-safe") {
            function fail(selector) {
                mstore(0x00, selector)
                revert(0x1c, 0x04)
            }

{{pairing}}
            one := 1
        }
    }

    /// @notice Every check of \`verify\` but the pairing, for callers that check many proofs with one. The proof is valid if and only if
    /// the pairing precompile answers 1 to these words.
    /// @return A (x, y), [1]_2 (four words), pi (x, y), -[tau]_2 (four words); A and pi are on the curve.
    function pairingInput(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256[12] memory)
    {
        preparePairing(proof, input, output, context);
        assembly ("memory-safe") {
            return(SCRATCH_MPTR, 0x180)
        }
    }

    /// @dev Leaves the words of \`pairingInput\` at SCRATCH_MPTR.
    function preparePairing(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        private
        view
    {
        // require(proof.length == PROOF_BYTES), ...; see the steps below. Memory-safe: works above the free memory pointer.
        assembly ("memory-safe") {
            function fail(selector) {
                mstore(0x00, selector)
                revert(0x1c, 0x04)
            }

            // Terms of the claims that do not depend on the evaluation point x, and the scalars of the opening.
            function fixedPart() {
                let r := R
{{fixedPart}}
            }

            // COLUMN_SCALARS[f] += weight of x · W_f(x), for the x whose powers stand in POWERS.
            function weightsAtPoint() {
                let r := R
{{weightsAtPoint}}
            }

{{main}}
        }
    }
}
`;

/** Chain ids on which a development SRS is accepted. */
export const DEVELOPMENT_CHAINS = [31337, 1337] as const;

export const DEVELOPMENT_CONSTRUCTOR = `    /// @dev The SRS is a development SRS: proofs can be forged by whoever made it.
    constructor() {
        if (block.chainid != ${DEVELOPMENT_CHAINS[0]} && block.chainid != ${DEVELOPMENT_CHAINS[1]}) revert DevelopmentSrs();
    }

`;

/** Reverts of both forms of a verifier. */
export const ERRORS = `    /// @notice Thrown when the proof has not the length this model fixes.
    error ProofLength();
    /// @notice Thrown when what is given of the input has not the length this model fixes.
    error InputLength();
    /// @notice Thrown when what is given of the output has not the length this model fixes.
    error OutputLength();
    /// @notice Thrown when the packed bytes of a hashed tensor, which stand behind the words of the proof, have another hash.
    error PreimageHash();
    /// @notice Thrown when a scalar of the proof is not below the order of the group.
    error NonCanonicalWord();
    /// @notice Thrown when the word that should be 1/(z (z^2 - 1)) is not.
    error OpeningHint();
    /// @notice Thrown when a curve operation fails: a point of the proof is not on the curve, or gas ran out.
    error PrecompileFailed();
    /// @notice Thrown when the pairing equation does not hold: the proof does not show its statement.
    error PairingFailed();
    /// @notice Thrown on a public chain where somebody may know the secret of the SRS: by a model's own verifier when it is deployed, by
    /// the universal verifier at each call.
    error DevelopmentSrs();
    /// @notice Thrown when the compiler reserved memory that this contract uses.
    error MemoryReserved();
`;

export const FIELD_CONSTANTS = `    /// @dev Order of the groups of BN254.
    uint256 private constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    /// @dev Challenges are 253-bit, so that they are below R without reduction.
    uint256 private constant CHALLENGE_MASK = 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;
`;
