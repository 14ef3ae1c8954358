/**
 * From the sums that window tasks leave in memory to one point; and the same laws with BigInt.
 *
 * Projective points (X : Y : Z) and the complete law of Renes, Costello and Batina (algorithm 7, a = 0, 3b = 9), so that no case
 * needs care.
 */
import { inverse, Q } from "../../core/field.ts";
import { PROJECTIVE_BYTES } from "../emit/curve/projective.ts";
import { BLOCK, BLOCK_BYTES, decodeElement, LIMBS } from "../emit/field.ts";
import type { Point } from "../engine.ts";
import type { KernelHost } from "../host.ts";
import { scoped } from "./points.ts";

export type Projective = readonly [x: bigint, y: bigint, z: bigint];

const INVERSE_RADIX = inverse(2n ** 255n, Q);

const mul = (a: bigint, b: bigint): bigint => (a * b) % Q;

function addProjective([x1, y1, z1]: Projective, [x2, y2, z2]: Projective): Projective {
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

/** A sum of window `window`: a projective block at `address`. */
export interface WindowSum {
  readonly window: number;
  readonly address: number;
}

/** Writes sum_i 2^(bits·window_i)·sum_i, for sums in order of their windows, as a projective block at `out`. */
export function horner(host: KernelHost, sums: readonly WindowSum[], bits: number, out: number): void {
  scoped(host, () => {
    const list = host.allocate(8 * sums.length);
    const words = host.i32().subarray(list / 4);
    sums.toReversed().forEach(({ window, address }, i, reversed) => {
      const next = reversed[i + 1]?.window ?? 0;
      words[2 * i] = address;
      words[2 * i + 1] = bits * (window - next);
    });
    host.call("g1Horner", list, sums.length, out);
  });
}

/** The point that `horner` writes. */
export function hornerPoint(host: KernelHost, sums: readonly WindowSum[], bits: number): Point {
  return scoped(host, () => {
    const out = host.allocate(PROJECTIVE_BYTES);
    horner(host, sums, bits, out);
    return toAffine(readProjective(host.f64(), out));
  });
}

export function toAffine([x, y, z]: Projective): Point {
  if (z === 0n) return null;
  const zInverse = inverse(z, Q);
  return { x: mul(x, zInverse), y: mul(y, zInverse) };
}

/** Lane 0 of the projective block at `address`. */
function readProjective(f64: Float64Array, address: number): Projective {
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
