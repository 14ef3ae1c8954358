/**
 * Elementary functions from +, -, * and / alone, so that every machine gets the same bits: the tables of a circuit and the
 * ranges of its tensors depend on them, and IEEE 754 fixes those four operations but not a library's exp.
 */

/** ln 2 in two parts; the first has 32 trailing zero bits, so k times it is exact for |k| < 2^20. */
const LN2_HI = 6.9314718036912381649e-1;
const LN2_LO = 1.90821492927058770002e-10;
const LOG2_E = 1.4426950408889634;

/** Terms of the Taylor series on |r| <= ln 2 / 2: 0.35^18 / 18! < 2^-79. */
const EXP_TERMS = 18;

/** e^x. Relative error below 2^-50. */
export function exp(x: number): number {
  if (x > 709.7) return Number.POSITIVE_INFINITY;
  if (x < -745.1) return 0;
  const k = Math.floor(x * LOG2_E + 0.5);
  const r = x - k * LN2_HI - k * LN2_LO;
  let sum = 1;
  for (let n = EXP_TERMS; n >= 1; n--) sum = 1 + (r / n) * sum;
  const half = k >> 1;
  return sum * powerOfTwo(half) * powerOfTwo(k - half);
}

/** 2^k for |k| < 1000, by repeated doubling. */
export function powerOfTwo(k: number): number {
  const factor = k < 0 ? 0.5 : 2;
  let power = 1;
  for (let i = Math.abs(k); i > 0; i--) power *= factor;
  return power;
}

/** The smallest power of two that is at least x, for 0 < x < 2^1000. */
export function powerOfTwoAtLeast(x: number): number {
  let power = 1;
  while (power < x) power *= 2;
  while (power / 2 >= x) power /= 2;
  return power;
}

export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}

export function tanh(x: number): number {
  const magnitude = x < 0 ? -x : x;
  if (magnitude < 0.01) {
    const square = x * x;
    return x * (1 - (square / 3) * (1 - (2 / 5) * square * (1 - (17 / 42) * square)));
  }
  const e = exp(-2 * magnitude);
  const value = (1 - e) / (1 + e);
  return x < 0 ? -value : value;
}

/** The nearest integer, halves up. */
export function roundHalfUp(x: number): number {
  return Math.floor(x + 0.5);
}

/** Natural logarithm; minus infinity from 0 down. Relative error below 2^-48 away from 1. */
export function logarithm(x: number): number {
  if (!(x > 0)) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  let m = x;
  for (; m > SQRT_2; k++) m /= 2;
  for (; m < SQRT_2 / 2; k--) m *= 2;
  const z = (m - 1) / (m + 1);
  return k * LN2_HI + (k * LN2_LO + 2 * z * oddSeries(z * z, 1));
}

const SQRT_2 = 1.4142135623730951;

/** Terms of the series of atanh and atan on squares up to 0.04: 0.04^18 < 2^-80. */
const SERIES_TERMS = 18;

/** sum over n of (sign·square)^n / (2n + 1) */
function oddSeries(square: number, sign: 1 | -1): number {
  let sum = 0;
  for (let n = SERIES_TERMS; n >= 0; n--) sum = 1 / (2 * n + 1) + sign * square * sum;
  return sum;
}

/** pi / 2 in two parts, as ln 2 above. */
const HALF_PI_HI = 1.57079632673412561417;
const HALF_PI_LO = 6.07710050650619224932e-11;

/** Taylor series on |r| <= pi/4 of cos (from 0) and sin(r)/r (from 1). */
function circularSeries(r: number, from: 0 | 1): number {
  let sum = 1;
  for (let n = 2 * CIRCULAR_TERMS; n >= 2; n -= 2) sum = 1 - ((r * r) / ((n + from) * (n + from - 1))) * sum;
  return sum;
}

/** 0.79^24 / 24! < 2^-80 */
const CIRCULAR_TERMS = 12;

/** sin(x + quarters·pi/2) for |x| < 2^20. */
function shiftedSine(x: number, quarters: number): number {
  const k = Math.floor(x / (HALF_PI_HI + HALF_PI_LO) + 0.5);
  const r = x - k * HALF_PI_HI - k * HALF_PI_LO;
  const turn = (((k + quarters) % 4) + 4) % 4;
  const value = turn % 2 === 0 ? r * circularSeries(r, 1) : circularSeries(r, 0);
  return turn < 2 ? value : -value;
}

export function sine(x: number): number {
  return shiftedSine(x, 0);
}

export function cosine(x: number): number {
  return shiftedSine(x, 1);
}

/** Halved three times: atan x = 2 atan(x / (1 + sqrt(1 + x^2))), at most tan(pi/16) < 0.2. */
export function arcTangent(x: number): number {
  if (Math.abs(x) > 1e15) return x < 0 ? -(HALF_PI_HI + HALF_PI_LO) : HALF_PI_HI + HALF_PI_LO;
  let z = x;
  for (let i = 0; i < 3; i++) z /= 1 + Math.sqrt(1 + z * z);
  return 8 * z * oddSeries(z * z, -1);
}

const TWO_BY_SQRT_PI = 1.1283791670955126;

/** 2/sqrt(pi) e^(-x^2) sum over n of 2^n x^(2n+1) / (1·3···(2n+1)); 1 within 2^-53 from 6 on. */
export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x >= 6) return 1;
  let term = x;
  let sum = x;
  for (let n = 1; n < ERF_TERMS; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return Math.min(1, TWO_BY_SQRT_PI * exp(-x * x) * sum);
}

/** At x = 6 terms fall from n = 36 on, to below 2^-60 of the sum at 140. */
const ERF_TERMS = 140;
