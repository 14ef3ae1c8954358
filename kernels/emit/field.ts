/**
 * How a field element is held in WebAssembly memory, for either BN254 field p.
 *
 * An element a is the integer x = a·R mod p, R = 2^255 (Montgomery form), as five signed limbs of 51 bits held as f64:
 *
 *     x = limb_0 + limb_1·2^51 + limb_2·2^102 + limb_3·2^153 + limb_4·2^204
 *
 * Stored form: |limb_j| <= 2^50 for j < 4 ("balanced"), |x| <= 1.03 p; x is not unique (x and x ± p are the same element).
 * Weakly reduced form: besides, |x| <= (1/2 + 2^-30) p.
 *
 * A block is 8 elements in 320 bytes, limb-major:
 *
 *     byte 0    limb 0 of elements 0..7      (8 f64)
 *     byte 64   limb 1 of elements 0..7
 *     byte 128  limb 2 ...                   byte 256  limb 4
 */
import { inverse } from "../../core/field.ts";

export const LIMBS = 5;
export const LIMB_BITS = 51;
export const BLOCK = 8;
export const LIMB_STRIDE = 64;
export const BLOCK_BYTES = LIMBS * LIMB_STRIDE;
export const MONTGOMERY_BITS = 255n;
/**
 * Bound of stored elements in units of p. The fixed point of x = 0.378 x^2 + 1/2 + |P'| / 2p is 1.016 for r (|P'| = 0.245 r) and
 * 1.021 for q (|P'| = 0.254 q).
 */
export const STORED_BOUND = 1.03;

export interface FieldConstants {
  readonly modulus: bigint;
  /** Balanced limbs of p. */
  readonly modulusLimbs: readonly number[];
  /** -1/p mod 2^51, balanced: what the last reduction step multiplies by. */
  readonly negativeInverse: number;
  /** Balanced limbs of P' = 2^-51 mod p in (-p/2, p/2): the first four steps add digit·P' one limb up. */
  readonly stepLimbs: readonly number[];
  /** 2^204 / p: top limb times this estimates x / p. */
  readonly topOverModulus: number;
}

export function fieldConstants(modulus: bigint): FieldConstants {
  const radix = 1n << BigInt(LIMB_BITS);
  const step = centered(inverse(radix, modulus), modulus);
  // Four steps with P' leave |x| <= |a·b|/R + (1/2 + |P'|/p / 2) p. For operands up to 1.03 p this must close below 1.03 p.
  const stepShare = Math.abs(Number(step)) / Number(modulus);
  const bound = STORED_BOUND ** 2 * (Number(modulus) / 2 ** 255) + 0.5 + 0.5001 * stepShare;
  if (bound > STORED_BOUND) throw new RangeError(`reduction does not close for this modulus: ${bound}`);
  return {
    modulus,
    modulusLimbs: balancedLimbs(modulus),
    negativeInverse: Number(centered(-inverse(modulus, radix), radix)),
    stepLimbs: balancedLimbs(step),
    topOverModulus: 2 ** 204 / Number(modulus),
  };
}

/** Five limbs of x; the first four in [-2^50, 2^50), the last takes the rest. */
export function balancedLimbs(x: bigint): number[] {
  const limbs: number[] = [];
  let rest = x;
  for (let j = 0; j < LIMBS - 1; j++) {
    const limb = BigInt.asIntN(LIMB_BITS, rest);
    limbs.push(Number(limb));
    rest = (rest - limb) >> BigInt(LIMB_BITS);
  }
  limbs.push(Number(rest));
  return limbs;
}

/** sum_j limbs[j]·2^(51 j) */
export function fromLimbs(limbs: readonly number[]): bigint {
  return limbs.reduceRight((sum, limb) => (sum << BigInt(LIMB_BITS)) + BigInt(limb), 0n);
}

/** The stored form of a canonical element: limbs of the representative of a·R in (-p/2, p/2]. */
export function encodeElement(a: bigint, modulus: bigint): number[] {
  return balancedLimbs(centered(a << MONTGOMERY_BITS, modulus));
}

/** x/R mod p, canonical. `inverseR` is inverse(2^255, modulus). */
export function decodeElement(limbs: readonly number[], modulus: bigint, inverseR: bigint): bigint {
  return positive(fromLimbs(limbs) * inverseR, modulus);
}

export function positive(a: bigint, modulus: bigint): bigint {
  const rest = a % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** The representative of a in (-modulus/2, modulus/2]. */
export function centered(a: bigint, modulus: bigint): bigint {
  const rest = positive(a, modulus);
  return 2n * rest > modulus ? rest - modulus : rest;
}
