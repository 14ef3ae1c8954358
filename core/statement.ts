/**
 * What a statement carries of each tensor at the circuit's boundary, in the order of the tensors:
 *
 *     public      its packed bytes (`core/packing.ts`)
 *     hashed      keccak256 of its packed bytes, 32 bytes; the packed bytes themselves travel behind the words of the proof
 *     committed   a hiding commitment to its elements, x || y, 64 bytes: [sum_{i < count} e_i X^i + blinding X^count]
 *     private     nothing
 *
 * Public and hashed tensors are claims on packed bytes. A committed tensor is a column of its own: the claim
 * sum_i tau^i (cell of element i) = sum_i tau^i (coefficient i of the column), tau drawn after both are fixed, makes them equal up to
 * count/2^253 (Schwartz-Zippel). Elements stand at the same coefficients whatever circuit reads them, so a commitment that one
 * model's proof shows for its output is one that another model's proof can take for its input, under the same SRS.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { BoundaryTensor, Circuit } from "./circuit.ts";
import type { CurvePoint } from "./curve.ts";
import { GavelError } from "./errors.ts";
import { fromBytes, toWord } from "./field.ts";
import { packedLength } from "./packing.ts";

/** A part of the statement has another length or content than its tensors ask for. */
export class StatementError extends GavelError {
  override readonly name: string = "Statement.StatementError";
}

/** The packed bytes that came with a proof are not those whose hash the statement carries. */
export class PreimageError extends GavelError {
  override readonly name = "Statement.PreimageError";
}

export interface Statement {
  /** What the statement carries of the inputs. */
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** 32 bytes that bind the proof to its use. */
  readonly context: Uint8Array;
}

const HASH_BYTES = 32;
const POINT_BYTES = 64;

function formLength(tensor: BoundaryTensor): number {
  switch (tensor.visibility) {
    case "public":
      return packedLength([tensor]);
    case "hashed":
      return HASH_BYTES;
    case "committed":
      return POINT_BYTES;
    case "private":
      return 0;
  }
}

/** Bytes of `Statement.input` or `Statement.output` for these tensors. */
export function statementLength(tensors: readonly BoundaryTensor[]): number {
  return tensors.reduce((sum, tensor) => sum + formLength(tensor), 0);
}

type Boundary = Pick<Circuit, "inputs" | "outputs">;

/** Packed bytes of the hashed tensors, inputs first: what stands behind the words of a proof. */
export function preimageLength({ inputs, outputs }: Boundary): number {
  return packedLength([...inputs, ...outputs].filter(({ visibility }) => visibility === "hashed"));
}

/** Tensors with a column of their own, inputs first. */
export function committedTensors({ inputs, outputs }: Boundary): BoundaryTensor[] {
  return [...inputs, ...outputs].filter(({ visibility }) => visibility === "committed");
}

/** Coefficients of a committed tensor's column: its elements, one blinding cell, zeros up to a power of two. */
export function committedColumnLength({ count }: Pick<BoundaryTensor, "count">): number {
  return Math.max(8, 2 ** Math.ceil(Math.log2(count + 1)));
}

/** Where a tensor's part of the statement stands. */
export interface PlacedTensor {
  readonly tensor: BoundaryTensor;
  readonly side: "input" | "output";
  /** First byte of its form in that side of the statement. */
  readonly offset: number;
  /** First byte of its packed bytes behind the words of the proof (hashed). */
  readonly preimageOffset: number;
}

export function placedTensors(circuit: Boundary): PlacedTensor[] {
  let preimageOffset = 0;
  return (["input", "output"] as const).flatMap((side) => {
    let offset = 0;
    return circuit[`${side}s`].map((tensor): PlacedTensor => {
      const placed = { tensor, side, offset, preimageOffset };
      offset += formLength(tensor);
      if (tensor.visibility === "hashed") preimageOffset += packedLength([tensor]);
      return placed;
    });
  });
}

/** Tensors whose packed bytes a verifier reads. */
export function readTensors(circuit: Boundary): PlacedTensor[] {
  return placedTensors(circuit).filter(
    ({ tensor: { visibility } }) => visibility === "public" || visibility === "hashed",
  );
}

/** What `Statement.input` or `.output` is for packed tensors, given the commitments of the committed ones in order. */
export function statementBytes(
  tensors: readonly BoundaryTensor[],
  packed: Uint8Array,
  commitments: readonly CurvePoint[],
): Uint8Array {
  const bytes = new Uint8Array(statementLength(tensors));
  let [from, to, next] = [0, 0, 0];
  for (const tensor of tensors) {
    const own = packed.subarray(from, from + packedLength([tensor]));
    if (tensor.visibility === "public") bytes.set(own, to);
    if (tensor.visibility === "hashed") bytes.set(keccak_256(own), to);
    if (tensor.visibility === "committed") bytes.set(pointBytes(commitments[next++]), to);
    from += own.length;
    to += formLength(tensor);
  }
  return bytes;
}

/** Packed bytes of the hashed ones among packed tensors. */
export function preimagesOf(tensors: readonly BoundaryTensor[], packed: Uint8Array): Uint8Array {
  let from = 0;
  const parts = tensors.map((tensor) => {
    const own = packed.subarray(from, from + packedLength([tensor]));
    from += own.length;
    return tensor.visibility === "hashed" ? own : own.subarray(0, 0);
  });
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Packed bytes of a public or hashed tensor; a hashed one's are checked against the statement. */
export function knownBytes(placed: PlacedTensor, statement: Statement, preimages: Uint8Array): Uint8Array {
  const { tensor, side, offset, preimageOffset } = placed;
  const size = packedLength([tensor]);
  if (tensor.visibility === "public") return statement[side].subarray(offset, offset + size);
  const preimage = preimages.subarray(preimageOffset, preimageOffset + size);
  const expected = statement[side].subarray(offset, offset + HASH_BYTES);
  const got = keccak_256(preimage);
  if (expected.length === HASH_BYTES && got.every((byte, i) => byte === expected[i])) return preimage;
  throw new PreimageError(`${side} ${tensor.name} is not the tensor whose hash the statement carries`, {
    expected: hexOf(expected),
    got: hexOf(got),
    remedy: "reject the proof: the packed bytes behind its words belong to another statement",
  });
}

/** Commitments in the statement, in the order of `committedTensors`, as affine coordinates that are not checked. */
export function statedCommitments(circuit: Boundary, statement: Statement): { x: bigint; y: bigint }[] {
  return placedTensors(circuit)
    .filter(({ tensor }) => tensor.visibility === "committed")
    .map(({ side, offset }) => ({
      x: fromBytes(statement[side].subarray(offset, offset + 32)),
      y: fromBytes(statement[side].subarray(offset + 32, offset + POINT_BYTES)),
    }));
}

function pointBytes(point: CurvePoint): Uint8Array {
  const bytes = new Uint8Array(POINT_BYTES);
  if (point === null) return bytes;
  bytes.set(toWord(point.x), 0);
  bytes.set(toWord(point.y), 32);
  return bytes;
}

function hexOf(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** Throws unless every part of the statement has the length that the circuit's tensors give it. */
export function checkStatementLengths(circuit: Boundary, statement: Statement): void {
  const check = (what: string, bytes: Uint8Array, expected: number): void => {
    if (bytes.length === expected) return;
    throw new StatementError(`${what} has the wrong length`, {
      expected: `${expected} bytes`,
      got: `${bytes.length} bytes`,
      remedy: "give what the statement carries of the tensors: bytes, hash or commitment, by the visibility of each",
    });
  };
  check("input", statement.input, statementLength(circuit.inputs));
  check("output", statement.output, statementLength(circuit.outputs));
  check("context", statement.context, 32);
}
