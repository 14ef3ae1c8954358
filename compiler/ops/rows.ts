/** Operators that work along some axes: a tensor read as rows [1, rows, n] with those axes innermost, and the result put back. */
import { sameShape, sizeOf } from "../tensor.ts";
import type { Planner, PlanOutput } from "./operator.ts";
import { emitView } from "./steps.ts";

export interface Rows {
  readonly name: string;
  /** [1, rows, n] */
  readonly shape: readonly [1, number, number];
}

/** `emit` makes an output of the rows' own shape. */
export function emitWithAxesLast(
  planner: Planner,
  input: { readonly name: string; readonly shape: readonly number[] },
  output: PlanOutput,
  axes: readonly number[],
  emit: (rows: Rows, output: PlanOutput) => void,
): void {
  const { rows, permutation, permuted } = rowsOf(planner, input, axes);
  const result = { name: planner.fresh(output.name), shape: rows.shape };
  emit(rows, result);
  const inverse = permutation.map((_, axis) => permutation.indexOf(axis));
  if (inverse.every((axis, i) => axis === i)) return emitView(planner, [result.name], output, { name: "reshape" });
  const reshaped = { name: planner.fresh(output.name), shape: permuted };
  emitView(planner, [result.name], reshaped, { name: "reshape" });
  emitView(planner, [reshaped.name], output, { name: "transpose", permutation: inverse });
}

/** The tensor as rows; `permutation` puts the axes last, `permuted` is the shape after it. */
export function rowsOf(
  planner: Planner,
  { name, shape }: { readonly name: string; readonly shape: readonly number[] },
  axes: readonly number[],
): { rows: Rows; permutation: readonly number[]; permuted: readonly number[] } {
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const permutation = [...kept, ...axes];
  const permuted = permutation.map((axis) => shape[axis]);
  const rowShape = [1, sizeOf(kept.map((axis) => shape[axis])), sizeOf(axes.map((axis) => shape[axis]))] as const;
  let source = name;
  const view = (change: Parameters<typeof emitView>[3], to: readonly number[]): void => {
    const next = { name: planner.fresh(name), shape: to };
    emitView(planner, [source], next, change);
    source = next.name;
  };
  if (permutation.some((axis, i) => axis !== i)) view({ name: "transpose", permutation }, permuted);
  if (!sameShape(rowShape, permuted)) view({ name: "reshape" }, rowShape);
  return { rows: { name: source, shape: rowShape }, permutation, permuted };
}
