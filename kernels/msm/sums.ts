/**
 * From the sums that window tasks leave in memory to one point, with BigInt: a few hundred additions in all.
 *
 * Projective points (X : Y : Z) and the complete law of Renes, Costello and Batina (algorithm 7, a = 0, 3b = 9), so that no case
 * needs care.
 */
import { inverse, Q } from "../../core/field.ts";
import { BLOCK, BLOCK_BYTES, decodeElement, LIMBS } from "../emit/field.ts";
import type { Point } from "../engine.ts";

export type Projective = readonly [x: bigint, y: bigint, z: bigint];

export const INFINITY: Projective = [0n, 1n, 0n];

const INVERSE_RADIX = inverse(2n ** 255n, Q);

const mul = (a: bigint, b: bigint): bigint => (a * b) % Q;

export function addProjective([x1, y1, z1]: Projective, [x2, y2, z2]: Projective): Projective {
  const xx = mul(x1, x2);
  const yy = mul(y1, y2);
  const zz = mul(z1, z2);
  const xy = mul(x1 + y1, x2 + y2) - xx - yy;
  const yz = mul(y1 + z1, y2 + z2) - yy - zz;
  const xz = mul(x1 + z1, x2 + z2) - xx - zz;
  const sum = yy + 9n * zz;
  const difference = yy - 9n * zz;
  return [
    positive(xy * difference - 9n * yz * xz),
    positive(difference * sum + 27n * xz * xx),
    positive(sum * yz + 3n * xx * xy),
  ];
}

/** 2^times·p */
export function double(p: Projective, times: number): Projective {
  let sum = p;
  for (let i = 0; i < times; i++) sum = addProjective(sum, sum);
  return sum;
}

/** sum_w 2^(bits·w)·sums[w], of one sum at least. */
export function horner(sums: readonly Projective[], bits: number): Point {
  return toAffine(sums.reduceRight((sum, window) => addProjective(double(sum, bits), window)));
}

export function toAffine([x, y, z]: Projective): Point {
  if (z === 0n) return null;
  const zInverse = inverse(z, Q);
  return { x: mul(x, zInverse), y: mul(y, zInverse) };
}

/** Lane 0 of the projective block at `address`. */
export function readProjective(f64: Float64Array, address: number): Projective {
  const coordinate = (index: number): bigint => {
    const at = (address + index * BLOCK_BYTES) / 8;
    const limbs = Array.from({ length: LIMBS }, (_, j) => f64[at + j * BLOCK]!);
    return decodeElement(limbs, Q, INVERSE_RADIX);
  };
  return [coordinate(0), coordinate(1), coordinate(2)];
}

function positive(a: bigint): bigint {
  const rest = a % Q;
  return rest < 0n ? rest + Q : rest;
}
