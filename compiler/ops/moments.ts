/**
 * Normalization of rows [1, rows, n] by their own moments, each line one rounding:
 *
 *     mean = sum x_i / n        d_i = x_i - mean        r = 1 / sqrt(sum d_i^2 / n + epsilon)        out_i = d_i · r
 */
import type { Planner, PlanOutput } from "./operator.ts";
import type { Rows } from "./rows.ts";
import { emitLinear, emitView, scaled } from "./steps.ts";

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
  const [, count, n] = shape;
  const expanded = (name: string): string => {
    const wide = { name: planner.fresh(name), shape };
    emitView(planner, [name], wide, { name: "expand" });
    return wide.name;
  };
  let deviations = rows.name;
  if (isCentred) {
    const mean = { name: planner.fresh(`${output.name} mean`), shape: [1, count, 1] };
    emitLinear(planner, mean, { parts: [{ kind: "sum", x: rows.name, axes: [2], factor: 1 / n }], fine: "all" });
    const centred = { name: planner.fresh(`${output.name} centred`), shape };
    emitLinear(planner, centred, { parts: [scaled(rows.name, 1), scaled(expanded(mean.name), -1)], fine: "all" });
    deviations = centred.name;
  }
  const inverse = emitInverseNorm(planner, { name: deviations, shape }, output.name, 1 / n, epsilon);
  emitLinear(planner, output, {
    parts: [{ kind: "product", x: deviations, y: expanded(inverse), contracts: false, factor: 1 }],
  });
}

/** 1 / sqrt(factor · sum of squares + epsilon) of every row, [1, rows, 1]. */
export function emitInverseNorm(
  planner: Planner,
  { name, shape: [, count, n] }: Rows,
  label: string,
  factor: number,
  epsilon: number,
): string {
  const vectors = { name: planner.fresh(name), shape: [count, 1, n] };
  emitView(planner, [name], vectors, { name: "reshape" });
  const inverse = { name: planner.fresh(`${label} inverse`), shape: [count, 1, 1] };
  emitLinear(planner, inverse, {
    parts: [{ kind: "product", x: vectors.name, y: vectors.name, contracts: true, factor }],
    bias: { shape: [], data: Float64Array.of(epsilon) },
    activation: { name: "function", f: "inverseSqrt", a: 0, b: 0 },
  });
  const perRow = { name: planner.fresh(inverse.name), shape: [1, count, 1] };
  emitView(planner, [inverse.name], perRow, { name: "reshape" });
  return perRow.name;
}

/** The same in floating point. */
export function normalizedRow(row: Float64Array, { epsilon, isCentred }: MomentOptions): Float64Array {
  const mean = isCentred ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return row.map((value) => (value - mean) / Math.sqrt(variance + epsilon));
}
