/**
 * Opening all linear claims at once: the Laurent inner-product argument over univariate KZG.
 *
 * Statement   for columns f and weights W_f = sum_c gamma^c · (terms of claim c on f):  sum_f <f, W_f> = Y = sum_c gamma^c value_c
 * Identity    D(X) = sum_f (f(X) W_f(1/X) + f(1/X) W_f(X)) - 2Y is invariant under X -> 1/X; its constant coefficient is
 *             2 (sum_f <f, W_f> - Y). It vanishes if and only if D(X) = X h(X) + X^-1 h(1/X) for some h.
 * Messages    C_h = [h]; challenge z; S1 = P1(z), S2 = P2(1/z), h(z) with P1 = sum_f W_f(1/z) f and P2 = sum_f W_f(z) f;
 *             challenge delta; C_q; challenge zeta; pi
 * Check       the identity at z defines h(1/z) = z (S1 + S2 - 2Y - z h(z)). With R_h the line through (z, h(z)), (1/z, h(1/z)),
 *                 L(X) = h(X) - R_h(zeta) + delta (zeta - 1/z)(P1(X) - S1) + delta^2 (zeta - z)(P2(X) - S2) - Z(zeta) q(X),
 *                 Z(X) = (X - z)(X - 1/z), q = [h - R_h + delta (X - 1/z)(P1 - S1) + delta^2 (X - z)(P2 - S2)] / Z,
 *             vanishes at zeta: e([L] + zeta pi, [1]_2) = e(pi, [tau]_2).
 * Degrees     none is bounded: coefficients of f at or above the length of W_f do not meet a weight.
 * Soundness   Schwartz-Zippel at z: 2L/2^253, L the number of powers of tau that are known; gamma: claims/2^253; delta: 2/2^253;
 *             zeta: 2L/2^253; extraction of f, h, q in the algebraic group model.
 * Source      inner product: Mercury, ePrint 2025/385, section 4; full-length use: ePrint 2026/1438; closing: Boneh, Drake, Fisch,
 *             Gabizon, ePrint 2020/081, section 4. Here one combination per point replaces one evaluation per column and point.
 */
import type { Circuit } from "./circuit.ts";
import type { Claim } from "./claims.ts";
import { add, mul, sub } from "./field.ts";
import { layoutOf } from "./layout.ts";
import { committedTensors } from "./statement.ts";
import type { ColumnId } from "./weights.ts";

/** Every column with a commitment: witness columns, the helper, fixed columns, committed tensors. The order of the final combination. */
export function openedColumns(circuit: Circuit): ColumnId[] {
  const layout = layoutOf(circuit);
  const columns = (kind: ColumnId["kind"], count: number): ColumnId[] =>
    Array.from({ length: count }, (_, index) => ({ kind, index }));
  return [
    ...columns("witness", layout.witnessColumns),
    { kind: "helper", index: 0 },
    ...columns("fixed", layout.fixedColumns),
    ...columns("committed", committedTensors(circuit).length),
  ];
}

export function sameColumn(a: ColumnId, b: ColumnId): boolean {
  return a.kind === b.kind && a.index === b.index;
}

/** Y = sum_c gamma^c value_c */
export function batchedValue(claims: readonly Claim[], gamma: bigint): bigint {
  return claims.reduceRight((value, claim) => add(mul(value, gamma), claim.value), 0n);
}

export interface OpeningPoint {
  readonly z: bigint;
  readonly inverse: bigint;
}

/** h(1/z) from the Laurent identity at z. */
export function quotientAtInverse(
  point: OpeningPoint,
  value: bigint,
  s1: bigint,
  s2: bigint,
  quotientAtZ: bigint,
): bigint {
  const { z } = point;
  return mul(z, sub(sub(add(s1, s2), add(value, value)), mul(z, quotientAtZ)));
}

/** Value at x of the line through (z, atZ) and (1/z, atInverse), given 1/(z - 1/z). */
export function lineAt(point: OpeningPoint, inverseGap: bigint, atZ: bigint, atInverse: bigint, x: bigint): bigint {
  const numerator = sub(mul(atZ, sub(x, point.inverse)), mul(atInverse, sub(x, point.z)));
  return mul(numerator, inverseGap);
}
