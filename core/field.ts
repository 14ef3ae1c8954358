/**
 * The scalar field of BN254 as canonical bigints in [0, r).
 *
 * This is the readable arithmetic: what a value means everywhere. Fast paths live in `kernels/`.
 */

/** Order r of the BN254 groups: 36x^4 + 36x^3 + 18x^2 + 6x + 1 with x = 4965661367192848881. */
export const R = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Base field modulus q: 36x^4 + 36x^3 + 24x^2 + 6x + 1. Coordinates of points are below it. */
export const Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** Any integer to its representative in [0, r). */
export function mod(a: bigint): bigint {
  const rest = a % R;
  return rest < 0n ? rest + R : rest;
}

export function add(a: bigint, b: bigint): bigint {
  const sum = a + b;
  return sum >= R ? sum - R : sum;
}

export function sub(a: bigint, b: bigint): bigint {
  return a >= b ? a - b : a - b + R;
}

export function mul(a: bigint, b: bigint): bigint {
  return (a * b) % R;
}

/** base^exponent, exponent >= 0. */
export function pow(base: bigint, exponent: bigint | number): bigint {
  let rest = BigInt(exponent);
  let result = rest & 1n ? base : 1n;
  let square = base;
  for (rest >>= 1n; rest > 0n; rest >>= 1n) {
    square = mul(square, square);
    if (rest & 1n) result = mul(result, square);
  }
  return result;
}

/** 1/a; a must not be zero (the result for zero is zero). */
export function inv(a: bigint): bigint {
  return inverse(a, R);
}

/** 1/a mod modulus by the extended Euclidean algorithm; gcd(a, modulus) must be 1 (the result for zero is zero). */
export function inverse(a: bigint, modulus: bigint): bigint {
  const rest = a % modulus;
  let [r0, r1, s0, s1] = [modulus, rest < 0n ? rest + modulus : rest, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [s0, s1] = [s1, s0 - quotient * s1];
  }
  return s0 < 0n ? s0 + modulus : s0;
}

/** 1/2 */
export const HALF = (R + 1n) / 2n;

/** 32-byte big-endian encoding of a value below 2^256. */
export function toWord(value: bigint): Uint8Array {
  const word = new Uint8Array(32);
  let rest = value;
  for (let i = 31; rest > 0n; i--) {
    word[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return word;
}

/** Big-endian bytes of any length to an integer. */
export function fromBytes(bytes: Uint8Array): bigint {
  let hex = "0x0";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return BigInt(hex);
}
