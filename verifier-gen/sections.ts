/** The steps of a generated verifier in order, as Yul. Each comment states the Solidity it equals, or the check it makes. */
import type { TranscriptCode } from "./emit/transcript.ts";
import { failure } from "./failure.ts";
import { hex, type MemoryLayout, wordAt } from "./layout.ts";

export interface Section {
  readonly name: string;
  readonly comment: string;
  readonly lines: readonly string[];
}

export interface SectionParts {
  readonly memory: MemoryLayout;
  readonly columns: number;
  /** Proof words to check against r here. */
  readonly scalarWords: readonly number[];
  readonly transcript: TranscriptCode;
  readonly zeroCheckPoint: readonly string[];
  readonly rounds: readonly string[];
  readonly boundary: readonly string[];
  readonly combination: readonly string[];
  readonly pairingInput: readonly string[];
  readonly pairing: readonly string[];
}

export function mainSections(parts: SectionParts): Section[] {
  const { transcript } = parts;
  return [
    {
      name: "lengths",
      comment: "Lengths are exact; memory from STATEMENT_MPTR on is free.",
      lines: [
        `if gt(mload(0x40), STATEMENT_MPTR) { ${failure("MemoryReserved")} }`,
        `if iszero(eq(proof.length, PROOF_BYTES)) { ${failure("ProofLength")} }`,
        `if iszero(eq(input.length, INPUT_BYTES)) { ${failure("InputLength")} }`,
        `if iszero(eq(output.length, OUTPUT_BYTES)) { ${failure("OutputLength")} }`,
        "let r := R",
      ],
    },
    {
      name: "statement",
      comment: "state = keccak256(abi.encode(vkDigest, context, keccak256(input), keccak256(output)))",
      lines: [
        "mstore(STATEMENT_MPTR, vkDigest)",
        `mstore(${wordAt("STATEMENT_MPTR", 1)}, context)`,
        "calldatacopy(SLOTS_MPTR, input.offset, INPUT_BYTES)",
        `mstore(${wordAt("STATEMENT_MPTR", 2)}, keccak256(SLOTS_MPTR, INPUT_BYTES))`,
        "calldatacopy(SLOTS_MPTR, output.offset, OUTPUT_BYTES)",
        `mstore(${wordAt("STATEMENT_MPTR", 3)}, keccak256(SLOTS_MPTR, OUTPUT_BYTES))`,
        "let state := keccak256(STATEMENT_MPTR, 0x80)",
        "calldatacopy(PROOF_MPTR, proof.offset, PROOF_WORD_BYTES)",
      ],
    },
    {
      name: "commitments",
      comment: "Transcript: witness columns, helper column and sum; then w_k = omega^(2^k).",
      lines: ["let word", ...transcript.beforeRounds, ...block(parts.zeroCheckPoint)],
    },
    {
      name: "rounds",
      comment: "Both sumchecks, one challenge u_v per round.",
      lines: ["let canonical := 1", ...block(parts.rounds)],
    },
    {
      name: "transcript",
      comment: "Transcript: evaluations to zeta. Every scalar of the proof is below r.",
      lines: [
        ...transcript.afterRounds,
        ...canonicalChecks(parts.scalarWords),
        `if iszero(canonical) { ${failure("NonCanonicalWord")} }`,
      ],
    },
    {
      name: "powers",
      comment: "inverse · z (z^2 - 1) = 1 gives 1/z = inverse (z^2 - 1). POWERS: x^(2^k) at x = z, then x^-(2^k).",
      lines: block(powersCode(parts.memory.powerTableSize)),
    },
    {
      name: "public",
      comment:
        "Commitments of the statement; packed bytes against their hashes; packed tensors as numbers: sum over groups of tau^g · group.",
      lines: parts.boundary,
    },
    {
      name: "claims",
      comment: "Values of all claims batched by gamma; scalars of the opening.",
      lines: ["fixedPart()"],
    },
    { name: "weights", comment: "Weights of every column at z, then at 1/z.", lines: weightsCode(parts) },
    { name: "combination", comment: "A = sum of scalar · point.", lines: parts.combination },
    { name: "pairing input", comment: "A, [1]_2, pi, -[tau]_2", lines: parts.pairingInput },
    {
      name: "pairing",
      comment: "e(A, [1]_2) · e(pi, -[tau]_2) = 1; the precompile must succeed and answer 1.",
      lines: parts.pairing,
    },
  ];
}

function block(lines: readonly string[]): string[] {
  return ["{", ...lines, "}"];
}

const CHECKS_PER_STATEMENT = 4;

function canonicalChecks(words: readonly number[]): string[] {
  const lines: string[] = [];
  for (let i = 0; i < words.length; i += CHECKS_PER_STATEMENT) {
    const checks = words
      .slice(i, i + CHECKS_PER_STATEMENT)
      .map((word) => `lt(mload(${wordAt("PROOF_MPTR", word)}), r)`);
    lines.push(`canonical := and(canonical, ${checks.reduce((a, b) => `and(${a}, ${b})`)})`);
  }
  return lines;
}

function powersCode(size: number): string[] {
  const squares = (pointer: string): string[] =>
    Array.from({ length: size }, (_, k) => [
      `mstore(${wordAt(pointer, k)}, power)`,
      ...(k + 1 < size ? ["power := mulmod(power, power, r)"] : []),
    ]).flat();
  return [
    "let z := mload(Z_MPTR)",
    "let inverse := mload(INVERSE_MPTR)",
    "let squareLess1 := addmod(mulmod(z, z, r), sub(r, 1), r)",
    `if iszero(eq(mulmod(inverse, mulmod(z, squareLess1, r), r), 1)) { ${failure("OpeningHint")} }`,
    "let power := z",
    ...squares("POWERS_MPTR"),
    "power := mulmod(inverse, squareLess1, r)",
    "mstore(INVERSE_Z_MPTR, power)",
    ...squares("INVERSE_POWERS_MPTR"),
  ];
}

function weightsCode({ columns, memory }: SectionParts): string[] {
  const tableBytes = hex(32 * memory.powerTableSize);
  return [
    ...Array.from({ length: columns }, (_, i) => `mstore(${wordAt("COLUMN_SCALARS_MPTR", i)}, 0)`),
    "mcopy(POINT_MPTR, POINT_Z_MPTR, 0x40)",
    "weightsAtPoint()",
    "mcopy(POINT_MPTR, POINT_INVERSE_MPTR, 0x40)",
    `mcopy(SCRATCH_MPTR, POWERS_MPTR, ${tableBytes})`,
    `mcopy(POWERS_MPTR, INVERSE_POWERS_MPTR, ${tableBytes})`,
    `mcopy(INVERSE_POWERS_MPTR, SCRATCH_MPTR, ${tableBytes})`,
    "weightsAtPoint()",
  ];
}
