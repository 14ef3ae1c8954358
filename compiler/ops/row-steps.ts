/** Steps over rows [1, rows, n] that reductions and normalizations are made of; results are [1, rows, 1]. */
import type { Activation } from "../activation.ts";
import type { Planner } from "./operator.ts";
import type { Rows } from "./rows.ts";
import { emitLinear, emitView, referenceOf } from "./steps.ts";

/** Name of a tensor [1, rows, 1] read n times. */
export function expandedRows(planner: Planner, name: string, { shape }: Rows): string {
  const wide = { name: planner.fresh(name), shape };
  emitView(planner, [name], wide, { name: "expand" });
  return wide.name;
}

export function emitRowSum(
  planner: Planner,
  { name: x, shape: [, rows] }: Rows,
  name: string,
  { factor = 1, activation, fine }: { factor?: number; activation?: Activation; fine?: "inputs" | "all" } = {},
): void {
  emitLinear(
    planner,
    { name, shape: [1, rows, 1] },
    {
      parts: [{ kind: "sum", x, axes: [2], factor }],
      ...(activation ? { activation } : {}),
      ...(fine ? { fine } : {}),
    },
  );
}

/** activation(factor · sum of squares + bias) */
export function emitRowSquares(
  planner: Planner,
  { name: x, shape: [, rows, n] }: Rows,
  name: string,
  { factor = 1, bias = 0, activation }: { factor?: number; bias?: number; activation?: Activation } = {},
): void {
  const vectors = { name: planner.fresh(x), shape: [rows, 1, n] };
  emitView(planner, [x], vectors, { name: "reshape" });
  const squares = { name: planner.fresh(name), shape: [rows, 1, 1] };
  emitLinear(planner, squares, {
    parts: [{ kind: "product", x: vectors.name, y: vectors.name, contracts: true, factor }],
    bias: { shape: [], data: Float64Array.of(bias) },
    ...(activation ? { activation } : {}),
  });
  emitView(planner, [squares.name], { name, shape: [1, rows, 1] }, { name: "reshape" });
}

export function emitRowLargest(planner: Planner, { name: x, shape: [, rows, n] }: Rows, name: string): void {
  planner.emit({
    kind: "maxPool",
    x,
    out: name,
    shape: [1, rows, 1],
    windows: [{ inputN: n, outN: 1, kernel: n, stride: 1, dilation: 1, pad: 0 }],
    nodes: [referenceOf(planner)],
  });
}
