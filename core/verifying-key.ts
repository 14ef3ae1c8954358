/**
 * The verifying key: which program, which weights, which SRS. Its digest is the first thing a transcript absorbs.
 *
 *     digest    = keccak256("gavel-vk-1" || circuit digest || srs digest || commitments of the fixed columns)
 *     statement = keccak256(digest || context || keccak256(input) || keccak256(output))       input, output: `core/statement.ts`
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Circuit } from "./circuit.ts";
import { circuitDigest } from "./encoding.ts";
import { toWord } from "./field.ts";
import { checkStatementLengths, type Statement } from "./statement.ts";

/** Affine coordinates; (0, 0) stands for infinity, the commitment of a column of zeros. */
export interface AffinePoint {
  readonly x: bigint;
  readonly y: bigint;
}

/** [tau]_2 in the order of the EVM precompile: x.c1, x.c0, y.c1, y.c0. */
export type TauG2 = readonly [bigint, bigint, bigint, bigint];

export interface VerifyingKey {
  /** The fixed cells may be absent (empty): verification does not read them. */
  readonly circuit: Circuit;
  readonly fixedCommitments: readonly AffinePoint[];
  readonly tauG2: TauG2;
  /** True when somebody may know tau: for development chains only. */
  readonly insecureSrs: boolean;
  readonly digest: Uint8Array;
}

const DOMAIN = new TextEncoder().encode("gavel-vk-1");

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

export function srsDigest(tauG2: TauG2, insecureSrs: boolean): Uint8Array {
  return keccak_256(concatBytes(...tauG2.map(toWord), toWord(insecureSrs ? 1n : 0n)));
}

/** `fixedCommitments` are those of the fixed columns, in order; nothing is checked here (`core/key-defect.ts`). */
export function createVerifyingKey(
  circuit: Circuit,
  fixedCommitments: readonly AffinePoint[],
  tauG2: TauG2,
  insecureSrs: boolean,
): VerifyingKey {
  const commitments = fixedCommitments.flatMap(({ x, y }) => [toWord(x), toWord(y)]);
  const digest = keccak_256(concatBytes(DOMAIN, circuitDigest(circuit), srsDigest(tauG2, insecureSrs), ...commitments));
  return { circuit, fixedCommitments, tauG2, insecureSrs, digest };
}

/** Seed of the transcript; throws when a part of the statement has the wrong length. */
export function statementDigest(key: VerifyingKey, statement: Statement): Uint8Array {
  checkStatementLengths(key.circuit, statement);
  return keccak_256(
    concatBytes(key.digest, statement.context, keccak_256(statement.input), keccak_256(statement.output)),
  );
}
