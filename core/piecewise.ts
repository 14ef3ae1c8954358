/**
 * Piecewise linear functions on row indices, and their multilinear extensions in O(log N) per break.
 *
 *     f(i) = sum over breaks with at <= i of level + slope·(i - at)
 *
 * The table side of the lookup (key, value, tag of table row i) and the tag of witness row i have this form, so the verifier
 * needs no commitment to them. For u in F^n, with bit k of i bound to u[k]:
 *
 *     step(u, at) = sum_{i >= at} eq(u, i)          ramp(u, at) = sum_{i >= at} (i - at)·eq(u, i)
 */
import type { Break } from "./circuit.ts";
import { add, mod, mul, sub } from "./field.ts";

export function piecewiseAt(breaks: readonly Break[], index: number): number {
  let value = 0;
  for (const { at, level, slope } of breaks) if (index >= at) value += level + slope * (index - at);
  return value;
}

export interface StepAndRamp {
  readonly step: bigint;
  readonly ramp: bigint;
}

/**
 * Walks the bits of `at` from the top. Indices that follow the bits of `at` down to bit k and exceed it there form a subcube:
 * bit k of `at` is 0, bit k of i is 1, lower bits free. On it i - at = 2^k - (at mod 2^k) + (lower bits of i).
 */
export function stepAndRamp(u: readonly bigint[], at: number): StepAndRamp {
  const n = u.length;
  if (at <= 0) return { step: 1n, ramp: sub(identityAt(u), mod(BigInt(at))) };
  if (at >= 2 ** n) return { step: 0n, ramp: 0n };
  let prefix = 1n;
  let step = 0n;
  let ramp = 0n;
  for (let k = n - 1; k >= 0; k--) {
    const bit = Math.floor(at / 2 ** k) % 2;
    if (bit === 1) {
      prefix = mul(prefix, u[k]);
      continue;
    }
    const above = mul(prefix, u[k]);
    const distance = mod(BigInt(2 ** k - (at % 2 ** k)));
    step = add(step, above);
    ramp = add(ramp, mul(above, add(distance, identityAt(u.slice(0, k)))));
    prefix = sub(prefix, above);
  }
  return { step: add(step, prefix), ramp };
}

/** sum_i i·eq(u, i) = sum_k 2^k u_k */
export function identityAt(u: readonly bigint[]): bigint {
  let value = 0n;
  for (let k = u.length - 1; k >= 0; k--) value = add(add(value, value), u[k]);
  return value;
}

/** Multilinear extension of f at u. */
export function piecewiseExtension(breaks: readonly Break[], u: readonly bigint[]): bigint {
  let value = 0n;
  for (const { at, level, slope } of breaks) {
    const { step, ramp } = stepAndRamp(u, at);
    value = add(value, add(mul(mod(BigInt(level)), step), mul(mod(BigInt(slope)), ramp)));
  }
  return value;
}
