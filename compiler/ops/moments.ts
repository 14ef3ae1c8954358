/**
 * Normalization of rows [1, rows, n] by their own moments, each line one rounding:
 *
 *     mean = sum x_i / n        d_i = x_i - mean        r = 1 / sqrt(sum d_i^2 / n + epsilon)        out_i = d_i · r
 */
import { broadcastTo, type Tensor } from "../tensor.ts";
import type { Planner, PlanOutput } from "./operator.ts";
import { emitRowSquares, emitRowSum, expandedRows } from "./row-steps.ts";
import type { Rows } from "./rows.ts";
import { emitLinear, scaled } from "./steps.ts";

export interface MomentOptions {
  readonly epsilon: number;
  /** False: d_i = x_i (root mean square normalization). */
  readonly isCentred: boolean;
}

export function emitNormalized(
  planner: Planner,
  rows: Rows,
  output: PlanOutput,
  { epsilon, isCentred }: MomentOptions,
): void {
  const { shape } = rows;
  const [, , n] = shape;
  let deviations = rows;
  if (isCentred) {
    const mean = planner.fresh(`${output.name} mean`);
    emitRowSum(planner, rows, mean, { factor: 1 / n, fine: "all" });
    deviations = { name: planner.fresh(`${output.name} centred`), shape };
    const parts = [scaled(rows.name, 1), scaled(expandedRows(planner, mean, rows), -1)];
    emitLinear(planner, deviations, { parts, fine: "all" });
  }
  const inverse = emitInverseNorm(planner, deviations, output.name, 1 / n, epsilon);
  const y = expandedRows(planner, inverse, rows);
  emitLinear(planner, output, {
    parts: [{ kind: "product", x: deviations.name, y, contracts: false, factor: 1 }],
  });
}

/** 1 / sqrt(factor · sum of squares + epsilon) of every row, [1, rows, 1]. */
export function emitInverseNorm(planner: Planner, rows: Rows, label: string, factor: number, epsilon: number): string {
  const inverse = planner.fresh(`${label} inverse`);
  emitRowSquares(planner, rows, inverse, {
    factor,
    bias: epsilon,
    activation: { name: "function", f: "inverseSqrt", a: 0, b: 0 },
  });
  return inverse;
}

/** out = unit · scale + bias, parameters that broadcast to the output's shape. */
export function emitScaleAndBias(
  planner: Planner,
  unit: string,
  output: PlanOutput,
  scale: Omit<Tensor, "dtype">,
  bias: Omit<Tensor, "dtype"> | undefined,
): void {
  emitLinear(planner, output, {
    parts: [{ kind: "scale", x: unit, shape: scale.shape, factors: scale.data }],
    ...(bias ? { bias } : {}),
  });
}

/** The same in floating point: rows of n neighbours, then scale and bias. */
export function floatNormalized(
  x: Float64Array,
  n: number,
  options: MomentOptions,
  shape: readonly number[] = [x.length],
  scale?: Omit<Tensor, "dtype">,
  bias?: Omit<Tensor, "dtype">,
): Float64Array {
  const out = new Float64Array(x.length);
  for (let at = 0; at < x.length; at += n) out.set(normalizedRow(x.subarray(at, at + n), options), at);
  const factors = scale && broadcastTo(scale, shape);
  const shifts = bias && broadcastTo(bias, shape);
  return out.map((value, i) => value * (factors?.[i] ?? 1) + (shifts?.[i] ?? 0));
}

function normalizedRow(row: Float64Array, { epsilon, isCentred }: MomentOptions): Float64Array {
  const mean = isCentred ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}
