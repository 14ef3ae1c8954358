/**
 * The universal verifier: one contract that checks proofs of every model whose key calls it.
 *
 * A model's own contract is `stub.ts` followed by its key (`key.ts`): it forwards a call, and this contract reads the key from the code of
 * its caller. It makes the checks of a standalone verifier in the same order with the same errors; what is text there is data here. A key
 * decides about nothing but its own model: the call is static, and memory is the call's own.
 */

import { G2_GENERATOR, hexWord, precompile } from "../emit/opening.ts";
import { round, roundWords } from "../emit/rounds.ts";
import { failure } from "../failure.ts";
import { indented } from "../indent.ts";
import { hex } from "../layout.ts";
import { DEVELOPMENT_CHAINS, ERRORS, FIELD_CONSTANTS } from "../template.ts";
import { fieldWord, HEADER_BYTES, HEADER_MPTR, type HeaderField } from "./header.ts";
import { ADDRESS_MASK, fieldShift, INSTRUCTIONS_PER_WORD, WORDS_PER_TURN } from "./instruction.ts";
import { STUB_BYTES, STUB_HEAD, STUB_HEAD_END, STUB_TAIL, STUB_TAIL_BYTES } from "./stub.ts";

export const UNIVERSAL_NAME = "UniversalVerifier";

const STATEMENT_MPTR = HEADER_MPTR + HEADER_BYTES;
const PROOF_MPTR = STATEMENT_MPTR + 0x80;

function field(name: HeaderField): string {
  return `and(mload(${hex(fieldWord(name))}), 0xffffffff)`;
}

/** Statements of the interpreter's loop over `w`: each instruction is a product, a sum and a store. */
function instructions(): string[] {
  return Array.from({ length: INSTRUCTIONS_PER_WORD }, (_, position) => {
    const address = (index: number): string => {
      const { shift, isMasked } = fieldShift(position, index);
      const shifted = shift === 0 ? "w" : `shr(${shift}, w)`;
      return isMasked ? `and(${shifted}, m)` : shifted;
    };
    const [target, left, right, addend] = [0, 1, 2, 3].map(address);
    return `mstore(${target}, addmod(mulmod(mload(${left}), mload(${right}), r), mload(${addend}), r))`;
  });
}

function roundLoop(last: string, withProduct: boolean): string[] {
  return [
    `for { let end := ${last} } gt(point, end) { point := sub(point, 0x20) } {`,
    ...round("message", "point", "sub(point, wToU)", withProduct, (i) => `add(message, ${hex(32 * (i + 1))})`),
    `message := add(message, ${hex(32 * roundWords(withProduct))})`,
    "}",
  ];
}

const PAIR = ["let first := shr(224, mload(at))", "let second := and(shr(192, mload(at)), 0xffffffff)"];

interface YulFunction {
  readonly comment: string;
  readonly lines: readonly string[];
}

const FAIL: YulFunction = {
  comment: "Ends the call with a custom error.",
  lines: ["function fail(selector) {", "mstore(0x00, selector)", "revert(0x1c, 0x04)", "}"],
};

const BASICS: readonly YulFunction[] = [
  FAIL,
  {
    comment: "The caller is a stub that calls this contract; its header goes to memory.",
    lines: [
      "function checkCaller() {",
      "extcodecopy(caller(), 0x00, 0x00, 0x40)",
      `let head := or(or(shl(${8 * (32 - STUB_HEAD.length)}, ${hexBytes(STUB_HEAD)}), shl(16, address())), ${hexBytes(STUB_HEAD_END)})`,
      `if iszero(and(eq(mload(0x00), head), eq(shr(${8 * (32 - STUB_TAIL_BYTES)}, mload(0x20)), ${hexBytes(STUB_TAIL)}))) { ${failure("CallerHasNoKey")} }`,
      `extcodecopy(caller(), ${hex(HEADER_MPTR)}, ${hex(STUB_BYTES)}, ${hex(HEADER_BYTES)})`,
      "}",
    ],
  },
];

const STEPS: readonly YulFunction[] = [
  {
    comment: "The rest of the caller's code, then the code of each page behind its first byte.",
    lines: [
      "function loadKey() {",
      `let key := ${field("KEY_MPTR")}`,
      `let size := sub(extcodesize(caller()), ${hex(STUB_BYTES + HEADER_BYTES)})`,
      `extcodecopy(caller(), key, ${hex(STUB_BYTES + HEADER_BYTES)}, size)`,
      "let to := add(key, size)",
      `for { let end := add(key, shl(5, ${field("PAGES")})) } lt(key, end) { key := add(key, 0x20) } {`,
      "let page := mload(key)",
      "size := sub(extcodesize(page), 1)",
      "extcodecopy(page, to, 1, size)",
      "to := add(to, size)",
      "}",
      "}",
    ],
  },
  {
    comment: "Absorbs and squeezes: state = keccak256(state || message); challenge = state mod 2^253.",
    lines: [
      "function transcript(at, end, state) -> next {",
      "let squeezed := 0",
      "for { next := state } lt(at, end) { at := add(at, 8) } {",
      ...PAIR,
      "if iszero(first) { break }",
      "if second {",
      "let word := mload(first)",
      "mstore(first, next)",
      "next := keccak256(first, second)",
      "mstore(first, word)",
      "squeezed := 0",
      "continue",
      "}",
      "if squeezed {",
      "mstore(0x00, next)",
      "next := keccak256(0x00, 0x20)",
      "}",
      "mstore(first, and(next, CHALLENGE_MASK))",
      "squeezed := 1",
      "}",
      "}",
    ],
  },
  {
    comment: "w_k = omega^(2^k), then both sumchecks, one challenge u_v per round.",
    lines: [
      "function rounds(before) -> state, canonical {",
      "let r := R",
      "state := before",
      "canonical := 1",
      `let length := shl(5, ${field("LOG_ROWS")})`,
      `let wToU := ${field("W_MPTR")}`,
      "{",
      "let square := mload(wToU)",
      "for { let at := add(wToU, 0x20) } lt(at, add(wToU, length)) { at := add(at, 0x20) } {",
      "square := mulmod(square, square, r)",
      "mstore(at, square)",
      "}",
      "}",
      `let point := ${field("U_MPTR")}`,
      "wToU := sub(point, wToU)",
      "point := add(point, sub(length, 0x20))",
      `let message := sub(${field("ROUNDS_MPTR")}, 0x20)`,
      "let claim := 0",
      `let sum := mload(${field("SUM_MPTR")})`,
      "// The first state is written over this word.",
      "mstore(0x20, sum)",
      ...roundLoop(`add(${field("U_MPTR")}, sub(shl(5, ${field("PRODUCT_BITS")}), 0x20))`, false),
      ...roundLoop(`sub(${field("U_MPTR")}, 0x20)`, true),
      `mstore(${field("ZERO_CHECK_CLAIM_MPTR")}, claim)`,
      `mstore(${field("PRODUCT_CLAIM_MPTR")}, sum)`,
      `mstore(${field("SUM_MPTR")}, mload(0x20))`,
      "}",
    ],
  },
  {
    comment: "Words of the proof outside the rounds are below r.",
    lines: [
      "function checkScalars(canonical) {",
      "let r := R",
      `for { let at := ${field("SCALARS_MPTR")} } lt(at, ${field("POINTS_MPTR")}) { at := add(at, 8) } {`,
      ...PAIR,
      "for { let end := add(first, second) } lt(first, end) { first := add(first, 0x20) } {",
      "canonical := and(canonical, lt(mload(first), r))",
      "}",
      "}",
      `if iszero(canonical) { ${failure("NonCanonicalWord")} }`,
      "}",
    ],
  },
  {
    comment: "inverse · z (z^2 - 1) = 1 gives 1/z = inverse (z^2 - 1). POWERS: x^(2^k) at x = z, then x^-(2^k).",
    lines: [
      "function powers() {",
      "let r := R",
      `let z := mload(${field("Z_MPTR")})`,
      `let inverse := mload(${field("INVERSE_MPTR")})`,
      "let squareLess1 := addmod(mulmod(z, z, r), sub(r, 1), r)",
      `if iszero(eq(mulmod(inverse, mulmod(z, squareLess1, r), r), 1)) { ${failure("OpeningHint")} }`,
      "inverse := mulmod(inverse, squareLess1, r)",
      `mstore(${field("INVERSE_Z_MPTR")}, inverse)`,
      `let gap := sub(${field("INVERSE_POWERS_MPTR")}, ${field("POWERS_MPTR")})`,
      `for { let at := ${field("POWERS_MPTR")} } lt(at, ${field("INVERSE_POWERS_MPTR")}) { at := add(at, 0x20) } {`,
      "mstore(at, z)",
      "mstore(add(at, gap), inverse)",
      "z := mulmod(z, z, r)",
      "inverse := mulmod(inverse, inverse, r)",
      "}",
      "}",
    ],
  },
  {
    comment:
      "Commitments of the statement; packed bytes against their hashes; packed tensors as numbers: sum over groups of tau^g · group, from the last group on.",
    lines: [
      "function boundary(proofOffset, inputOffset, outputOffset) {",
      "let r := R",
      `for { let at := ${field("TENSORS_MPTR")} } lt(at, ${field("FIXED_PROGRAM_MPTR")}) { at := add(at, 0x60) } {`,
      "let numbers := mload(at)",
      "let start := inputOffset",
      "if shr(224, numbers) { start := outputOffset }",
      "start := add(start, and(shr(192, numbers), 0xffffffff))",
      "if and(numbers, 0xffffffff) {",
      "calldatacopy(and(shr(64, numbers), 0xffffffff), start, 0x40)",
      "continue",
      "}",
      "if and(shr(32, numbers), 0xffffffff) {",
      "let hash := calldataload(start)",
      "start := add(proofOffset, and(shr(32, numbers), 0xffffffff))",
      "let size := add(and(shr(160, numbers), 0xffffffff), and(shr(96, numbers), 0xffffffff))",
      `calldatacopy(${field("END_MPTR")}, start, size)`,
      `if iszero(eq(keccak256(${field("END_MPTR")}, size), hash)) { ${failure("PreimageHash")} }`,
      "}",
      "let pointer := add(start, and(shr(160, numbers), 0xffffffff))",
      "let signs := mload(add(at, 0x40))",
      "let value := shr(sub(256, shl(3, and(shr(96, numbers), 0xffffffff))), calldataload(pointer))",
      "value := add(xor(value, signs), sub(r, signs))",
      "signs := mload(add(at, 0x20))",
      "let minusSigns := sub(r, signs)",
      `let tau := mload(${field("TAU_MPTR")})`,
      "let stride := and(shr(128, numbers), 0xffffffff)",
      "let shift := sub(256, shl(3, stride))",
      "for {} gt(pointer, start) {} {",
      "pointer := sub(pointer, stride)",
      "value := add(mulmod(value, tau, r), add(xor(shr(shift, calldataload(pointer)), signs), minusSigns))",
      "}",
      "mstore(and(shr(64, numbers), 0xffffffff), mod(value, r))",
      "}",
      "}",
    ],
  },
  {
    comment: "Instructions word[target] = word[left]·word[right] + word[addend] mod r.",
    lines: [
      "function run(at, end) {",
      "let r := R",
      `let m := ${hex(ADDRESS_MASK)}`,
      `for {} lt(at, end) { at := add(at, ${hex(32 * WORDS_PER_TURN)}) } {`,
      ...Array.from({ length: WORDS_PER_TURN }, (_, i) => [
        i === 0 ? "let w := mload(at)" : `w := mload(add(at, ${hex(32 * i)}))`,
        ...instructions(),
      ]).flat(),
      "}",
      "}",
    ],
  },
  {
    comment: "Weights of every column at z, then at 1/z.",
    lines: [
      "function weights() {",
      `let point := ${field("POINT_MPTR")}`,
      `let table := ${field("POWERS_MPTR")}`,
      `let inverseTable := ${field("INVERSE_POWERS_MPTR")}`,
      `let scratch := ${field("SCRATCH_MPTR")}`,
      "let size := sub(inverseTable, table)",
      `calldatacopy(${field("COLUMN_SCALARS_MPTR")}, calldatasize(), shl(5, ${field("COLUMNS")}))`,
      `mcopy(point, ${field("POINT_Z_MPTR")}, 0x40)`,
      `run(${field("VARYING_PROGRAM_MPTR")}, ${field("END_MPTR")})`,
      `mcopy(point, ${field("POINT_INVERSE_MPTR")}, 0x40)`,
      "mcopy(scratch, table, size)",
      "mcopy(table, inverseTable, size)",
      "mcopy(inverseTable, scratch, size)",
      `run(${field("VARYING_PROGRAM_MPTR")}, ${field("END_MPTR")})`,
      "}",
    ],
  },
  {
    comment: "A = Laurent quotient + sum of scalar · point; then A, [1]_2, pi, -[tau]_2.",
    lines: [
      "function preparedPairing() -> scratch {",
      `scratch := ${field("SCRATCH_MPTR")}`,
      "let point := add(scratch, 0x40)",
      `mcopy(scratch, ${field("LAURENT_MPTR")}, 0x40)`,
      `for { let at := ${field("POINTS_MPTR")} } lt(at, ${field("TENSORS_MPTR")}) { at := add(at, 8) } {`,
      ...PAIR,
      "if iszero(first) { break }",
      "mcopy(point, first, 0x40)",
      "mstore(add(point, 0x40), mload(second))",
      precompile("7, point, 0x60, point, 0x40"),
      precompile("6, scratch, 0x80, scratch, 0x40"),
      "}",
      ...G2_GENERATOR.map((word, i) => `mstore(add(scratch, ${hex(64 + 32 * i)}), ${hexWord(word)})`),
      `mcopy(add(scratch, 0xc0), ${field("OPENING_MPTR")}, 0x40)`,
      `mcopy(add(scratch, 0x100), ${field("TAU_G2_MPTR")}, 0x80)`,
      "}",
    ],
  },
];

/** Statements of `verify` behind `preparePairing`. */
const PAIRING = [
  "// e(A, [1]_2) · e(pi, -[tau]_2) = 1; the precompile must succeed and answer 1.",
  "mstore(0x00, 0)",
  precompile("8, words, 0x180, 0x00, 0x20"),
  `if iszero(eq(mload(0x00), 1)) { ${failure("PairingFailed")} }`,
];

/** Statements of `preparePairing`; calldata arguments can only be named here. */
const MAIN = [
  `if gt(mload(0x40), ${hex(HEADER_MPTR)}) { ${failure("MemoryReserved")} }`,
  "checkCaller()",
  `if ${field("INSECURE_SRS")} { if iszero(or(eq(chainid(), ${DEVELOPMENT_CHAINS[0]}), eq(chainid(), ${DEVELOPMENT_CHAINS[1]}))) { ${failure("DevelopmentSrs")} } }`,
  `if iszero(eq(proof.length, ${field("PROOF_BYTES")})) { ${failure("ProofLength")} }`,
  `if iszero(eq(input.length, ${field("INPUT_BYTES")})) { ${failure("InputLength")} }`,
  `if iszero(eq(output.length, ${field("OUTPUT_BYTES")})) { ${failure("OutputLength")} }`,
  "",
  "// state = keccak256(abi.encode(vkDigest, context, keccak256(input), keccak256(output)))",
  `mstore(${hex(STATEMENT_MPTR)}, mload(${hex(HEADER_MPTR)}))`,
  `mstore(${hex(STATEMENT_MPTR + 32)}, context)`,
  "{",
  `let slots := ${field("SLOTS_MPTR")}`,
  "calldatacopy(slots, input.offset, input.length)",
  `mstore(${hex(STATEMENT_MPTR + 64)}, keccak256(slots, input.length))`,
  "calldatacopy(slots, output.offset, output.length)",
  `mstore(${hex(STATEMENT_MPTR + 96)}, keccak256(slots, output.length))`,
  "}",
  `calldatacopy(${hex(PROOF_MPTR)}, proof.offset, ${field("PROOF_WORD_BYTES")})`,
  "loadKey()",
  "",
  `let state := transcript(${field("OPENING_MOVES_MPTR")}, ${field("CLOSING_MOVES_MPTR")}, keccak256(${hex(STATEMENT_MPTR)}, 0x80))`,
  "let canonical",
  "state, canonical := rounds(state)",
  `state := transcript(${field("CLOSING_MOVES_MPTR")}, ${field("SCALARS_MPTR")}, state)`,
  "checkScalars(canonical)",
  "powers()",
  "boundary(proof.offset, input.offset, output.offset)",
  `run(${field("FIXED_PROGRAM_MPTR")}, ${field("VARYING_PROGRAM_MPTR")})`,
  "weights()",
  "words := preparedPairing()",
];

function hexBytes(bytes: Uint8Array): string {
  return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Source of the universal verifier; `command` is named in its header. */
export function universalSource(command: string): string {
  const print = (list: readonly YulFunction[]): string[] =>
    list.flatMap(({ comment, lines }) => [`// ${comment}`, ...lines, ""]);
  return `// SPDX-License-Identifier: MIT
// Generated by \`${command}\`. Do not edit.
pragma solidity ^0.8.28;

/// @title Verifier of every Gavel model whose key calls it
/// @notice A model's contract holds a key behind a stub that calls this contract; it implements IBatchableVerifier.
/// @dev The key is read from the code of the caller.
contract ${UNIVERSAL_NAME} {
${ERRORS}    /// @notice Thrown when the caller is not a stub of this contract with a key.
    error CallerHasNoKey();

${FIELD_CONSTANTS}
    /// @notice Digest of the verifying key of the caller, the first thing a transcript absorbs.
    function vkDigest() external view returns (bytes32 digest) {
        assembly ("memory-safe") {
${indented([...print(BASICS), "checkCaller()", `digest := mload(${hex(HEADER_MPTR)})`], 3)}
        }
    }

    /// @notice Checks a proof that the caller's model maps an input to an output, of which the statement carries \`input\` and
    /// \`output\`, for \`context\`. Always returns 1.
    function verify(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        external
        view
        returns (uint256 one)
    {
        uint256 words = preparePairing(proof, input, output, context);
        assembly ("memory-safe") {
${indented([...print([FAIL]), ...PAIRING], 3)}
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
        uint256 words = preparePairing(proof, input, output, context);
        assembly ("memory-safe") {
            return(words, 0x180)
        }
    }

    /// @return words Where the words of \`pairingInput\` stand in memory.
    function preparePairing(bytes calldata proof, bytes calldata input, bytes calldata output, bytes32 context)
        private
        view
        returns (uint256 words)
    {
        assembly ("memory-safe") {
${indented([...print(BASICS), ...print(STEPS), ...MAIN], 3)}
        }
    }
}
`;
}
