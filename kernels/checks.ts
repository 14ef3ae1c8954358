/** Argument checks that every engine makes the same way, so that both throw the same errors. */
import { R } from "../core/field.ts";
import type { Addend, FrVec, IntVec, LookupArrays, PointVec } from "./engine.ts";
import { ScalarRangeError, ShapeError } from "./errors.ts";

type AnyVec = FrVec | IntVec | PointVec;

export function checkScalar(value: bigint, what: string): bigint {
  if (typeof value !== "bigint" || value < 0n || value >= R) {
    throw new ScalarRangeError(`${what} is not canonical`, {
      expected: "a bigint in [0, r)",
      got: String(value),
      remedy: "reduce it with mod() from core/field",
    });
  }
  return value;
}

export function checkLength(length: number, what: string): number {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new ShapeError(`${what} is not a length`, { expected: "an integer >= 0", got: String(length) });
  }
  return length;
}

export function checkSame(what: string, first: AnyVec, ...others: AnyVec[]): void {
  for (const other of others) {
    if (other.length !== first.length) {
      throw new ShapeError(`${what}: lengths differ`, { expected: String(first.length), got: String(other.length) });
    }
  }
}

export function checkAtLeast(what: string, v: AnyVec, length: number): void {
  if (v.length < length) {
    throw new ShapeError(`${what}: too short`, { expected: `at least ${length}`, got: String(v.length) });
  }
}

/** A range [start, start + length) of v. `multiple` is the alignment of `start`. */
export function checkRange(what: string, v: AnyVec, start: number, length: number, multiple = 1): void {
  checkLength(start, `${what}: start`);
  checkLength(length, `${what}: length`);
  if (start % multiple !== 0 || start + length > v.length) {
    throw new ShapeError(`${what}: range outside the vector`, {
      expected: `start a multiple of ${multiple}, start + length <= ${v.length}`,
      got: `start ${start}, length ${length}`,
    });
  }
}

/** log2 of a length that must be a power of two. */
export function checkPowerOfTwo(what: string, length: number, least: number, most = 2 ** 32): number {
  const log = Math.log2(length);
  if (!Number.isInteger(log) || length < least || length > most) {
    throw new ShapeError(`${what}: bad length`, {
      expected: `a power of two in [${least}, ${most}]`,
      got: String(length),
    });
  }
  return log;
}

/** Blocks of eight elements repeat. */
const LEAST_PERIOD = 8;

export function checkPeriod(what: string, length: number, period: number): void {
  checkPowerOfTwo(`${what}: period`, period, LEAST_PERIOD);
  checkPowerOfTwo(what, length, period);
}

export function checkAddends(dst: FrVec, addends: readonly Addend[]): void {
  for (const { scale, source } of addends) {
    checkScalar(scale, "linear: scale");
    checkAtLeast("linear: source", source, dst.length);
  }
}

export function checkMatrix(dst: FrVec, coeffs: FrVec, matrix: IntVec): void {
  if (matrix.length !== dst.length * coeffs.length) {
    throw new ShapeError("matVecInts: matrix does not fit", {
      expected: `${coeffs.length} rows of ${dst.length}`,
      got: `${matrix.length} entries`,
    });
  }
}

/** Every index used to read a vector of length `bound` is below it; below zero means skip. */
export function checkIndices(what: string, indices: Int32Array, bound: number): void {
  let largest = -1;
  // Iterators take several times as long, and lists are as long as columns.
  for (let i = 0; i < indices.length; i++) if (indices[i]! > largest) largest = indices[i]!;
  if (largest >= bound) {
    throw new ShapeError(`${what}: index outside the vector`, { expected: `below ${bound}`, got: String(largest) });
  }
}

export function checkLookup(arrays: LookupArrays, eq: FrVec): void {
  const { phi1, phi2, phiT, h, m } = arrays;
  checkSame("lookupRound", phi1, phi2, phiT, h, m);
  checkPowerOfTwo("lookupRound", phi1.length, 2);
  checkAtLeast("lookupRound: eq", eq, phi1.length / 2);
}

/** The largest power of two dividing r - 1 bounds the transform length. */
export const MAX_NTT_LENGTH = 2 ** 28;

export function checkEqTable(dst: FrVec, point: readonly bigint[]): void {
  if (dst.length !== 2 ** point.length) {
    throw new ShapeError("eqTable: length does not fit the point", {
      expected: `2^${point.length}`,
      got: String(dst.length),
    });
  }
}
