/** Views an operator strings together: each emits one step and says what it made. */
import type { Planner, PlanOutput } from "./operator.ts";
import { emitView } from "./steps.ts";

export type Named = { readonly name: string; readonly shape: readonly number[] };

/** Index j of the axis reads index start + step·j of x's, and 0 outside it. */
export function sliced(planner: Planner, x: Named, axis: number, start: number, step: number, count: number): Named {
  if (start === 0 && step === 1 && count === x.shape[axis]) return x;
  const shape = x.shape.map((n, i) => (i === axis ? count : n));
  return made(planner, x, shape, (output) => emitView(planner, [x.name], output, { name: "slice", axis, start, step }));
}

export function reshaped(planner: Planner, x: Named, shape: readonly number[]): Named {
  return made(planner, x, shape, (output) => emitView(planner, [x.name], output, { name: "reshape" }));
}

export function permuted(planner: Planner, x: Named, permutation: readonly number[]): Named {
  if (permutation.every((axis, i) => axis === i)) return x;
  const shape = permutation.map((axis) => x.shape[axis]);
  return made(planner, x, shape, (output) => emitView(planner, [x.name], output, { name: "transpose", permutation }));
}

export function expanded(planner: Planner, x: Named, shape: readonly number[]): Named {
  return made(planner, x, shape, (output) => emitView(planner, [x.name], output, { name: "expand" }));
}

export function joined(planner: Planner, parts: readonly Named[], axis: number): Named {
  const [first] = parts;
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = first.shape.map((n, i) => (i === axis ? length : n));
  const names = parts.map(({ name }) => name);
  return made(planner, first, shape, (output) => emitView(planner, names, output, { name: "concat", axis }));
}

/** Element i of the result is element positions[i] of x, row-major, or 0 where that is negative. */
export function picked(planner: Planner, x: Named, shape: readonly number[], positions: Int32Array): Named {
  return made(planner, x, shape, (output) => emitView(planner, [x.name], output, { name: "pick", positions }));
}

/** The node's output `index` as another name for x. */
export function finish(planner: Planner, x: Named, index = 0): void {
  emitView(planner, [x.name], planner.outputs[index], { name: "reshape" });
}

function made(planner: Planner, x: Named, shape: readonly number[], emit: (output: PlanOutput) => void): Named {
  const output = { name: planner.fresh(x.name), shape };
  emit(output);
  return output;
}
