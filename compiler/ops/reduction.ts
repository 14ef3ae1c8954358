/** Means and sums over axes. */
import type { SumPart } from "../program.ts";
import { accumulateSum } from "../steps/pool.ts";
import { sizeOf, tensor } from "../tensor.ts";
import { inputType, type Meaning, type NodeContext, tensorInput } from "./operator.ts";
import { emitLinear } from "./steps.ts";

export function checkMean(context: NodeContext, axes: readonly number[], keepsAxes: boolean, divides = true): Meaning {
  const x = inputType(context, 0);
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const shape = keepsAxes ? kept : x.shape.filter((_, axis) => !axes.includes(axis));
  const part: Omit<SumPart, "x"> = {
    kind: "sum",
    axes,
    factor: divides ? 1 / sizeOf(axes.map((axis) => x.shape[axis])) : 1,
  };
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([input]) => {
      const acc = new Float64Array(sizeOf(shape));
      accumulateSum(acc, { ...part, x: "" }, input.data, x.shape);
      return [tensor(shape, acc, x.dtype)];
    },
    plan: (planner) =>
      emitLinear(planner, planner.outputs[0], { parts: [{ ...part, x: tensorInput(planner, 0).name }] }),
  };
}
