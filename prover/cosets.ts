/**
 * Transforms on cosets: values of polynomials of degree below `length` at 2·length points that are closed under inversion.
 *
 * psi is a root of unity of order 4·length, w = psi^(2k). For a < k the points of coset a are psi^(2a+1)·w^j, j < n = 2·length/k.
 * The inverse of point j of coset a is point n - 1 - j of coset k - 1 - a. On a coset X^n is constant, so a polynomial is folded to
 * n coefficients before it is transformed: whoever works coset by coset holds vectors k/2 times shorter than the column.
 */
import { inv, mul, pow } from "../core/field.ts";
import type { Addend, Engine, FrVec, IntVec } from "../kernels/engine.ts";
import { rootOfUnity } from "../kernels/reference.ts";

export interface Cosets {
  /** n */
  readonly size: number;
  /** psi^(2a+1); k of them, an even number. */
  readonly shifts: readonly bigint[];
  /** X^n on each coset. */
  readonly constants: readonly bigint[];
}

/** Below this a transform is short enough for all points at once. */
const LEAST_SHARED_LENGTH = 2 ** 10;

/** Cosets for columns of `length`, a power of two. Columns longer than the rows, which decide how much memory is taken, are cut finer. */
export function cosetsOf(length: number, rows: number): Cosets {
  const count = length < LEAST_SHARED_LENGTH || length <= rows ? 2 : Math.min(8, (2 * length) / rows);
  const size = (2 * length) / count;
  const psi = rootOfUnity(4 * length);
  return { size, shifts: oddPowers(psi, count), constants: oddPowers(pow(psi, size), count) };
}

/** The points' powers of `exponent`, a power of two below the size: cosets of shorter polynomials. */
export function powerCosets({ size, shifts, constants }: Cosets, exponent: number): Cosets {
  return { size: size / exponent, shifts: shifts.map((shift) => pow(shift, exponent)), constants };
}

function oddPowers(base: bigint, count: number): bigint[] {
  const square = mul(base, base);
  const powers = [base];
  while (powers.length < count) powers.push(mul(powers.at(-1)!, square));
  return powers;
}

/** Values at the points of one coset. The coefficients fill whole multiples of the size, `length` at most. */
export function cosetValues(
  engine: Engine,
  coefficients: FrVec | IntVec,
  { size, shifts, constants }: Cosets,
  coset: number,
): FrVec {
  const values = engine.frVec(size);
  const constant = constants[coset];
  let scale = 1n;
  const addends: Addend[] = [];
  for (let start = 0; start < coefficients.length; start += size, scale = mul(scale, constant)) {
    const source =
      coefficients.kind === "int"
        ? engine.sliceInts(coefficients, start, size)
        : engine.slice(coefficients, start, size);
    addends.push({ scale, source });
  }
  engine.linear(values, 0n, addends);
  engine.ntt(values, false, shifts[coset]);
  return values;
}

/**
 * Coefficients 0 to length - 1 of D(X) = D(1/X), of degree below `length` in X and 1/X, from its values on the first half of the cosets,
 * which are overwritten.
 */
export function symmetricCoefficients(engine: Engine, values: readonly FrVec[], cosets: Cosets): FrVec {
  const { size, shifts } = cosets;
  const result = engine.frVec(values.length * size);
  const mark = engine.mark();
  const opposite = values.map(() => engine.frVec(size, true));
  const ones = engine.frVec(size);
  engine.fill(ones, 1n);
  values.forEach((half, a) => {
    engine.reversedMulAdd(opposite[a], ones, half);
  });
  const all = [...values, ...opposite.reverse()];
  all.forEach((vector, a) => {
    engine.ntt(vector, true, shifts[a]);
  });
  const share = inv(BigInt(shifts.length));
  // On the opposite coset X^n is the inverse.
  const constants = cosets.constants.toReversed();
  const scales = shifts.map(() => share);
  for (let start = 0; start < result.length; start += size) {
    const addends = all.map((source, a) => ({ scale: scales[a], source }));
    engine.linear(engine.slice(result, start, size), 0n, addends);
    constants.forEach((constant, a) => {
      scales[a] = mul(scales[a], constant);
    });
  }
  engine.release(mark);
  return result;
}
