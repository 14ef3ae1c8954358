import type { PoolPart } from "../program.ts";
import { accumulatePool, validCounts } from "../steps/pool.ts";
import { sizeOf, tensor } from "../tensor.ts";
import { badShape, inputType, intAttribute, intsAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitLinear } from "./steps.ts";
import { paddedCounts, readWindows } from "./window.ts";

/** The sum of each window divided by the number of its cells, padding counted or not. */
export const averagePool: Operator = {
  op: "AveragePool",
  takes: "1-D and 2-D, strides, any padding, padding counted or not",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const { windows, padEnd } = readWindows(node, x.shape, intsAttribute(node, "kernel_shape") ?? [], true);
    const includesPad = intAttribute(node, "count_include_pad", 0) !== 0;
    const counts = windows.map((window, axis) =>
      includesPad ? paddedCounts(window, padEnd[axis]) : validCounts(window),
    );
    if (counts.some((list) => list.includes(0))) badShape(node, "a window lies in the padding altogether");
    const totals = counts.reduce(
      (products, list) => products.flatMap((product) => list.map((count) => product * count)),
      [1],
    );
    const factors = new Map(totals.map((total) => [total, 1 / total]));
    const part: Omit<PoolPart, "x"> = { kind: "pool", windows, counts, factors };
    const shape = [x.shape[0], x.shape[1], ...windows.map((window) => window.outN)];
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => {
        const acc = new Float64Array(sizeOf(shape));
        accumulatePool(acc, { ...part, x: "" }, input.data);
        return [tensor(shape, acc, x.dtype)];
      },
      plan: (planner) =>
        emitLinear(planner, planner.outputs[0], { parts: [{ ...part, x: tensorInput(planner, 0).name }] }),
    };
  },
};
