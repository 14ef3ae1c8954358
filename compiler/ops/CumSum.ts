import { accumulateContract } from "../steps/contract.ts";
import { tensor } from "../tensor.ts";
import { axisOf, inputConstant, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitLinear } from "./steps.ts";

/** Running sums along one axis: a contraction with a triangle of ones. */
export const cumSum: Operator = {
  op: "CumSum",
  takes: "constant axis, exclusive, reversed",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, inputConstant(context, 1, "the axis").data[0], x.shape.length);
    const leavesOut = intAttribute(node, "exclusive", 0) !== 0;
    const isReversed = intAttribute(node, "reverse", 0) !== 0;
    const n = x.shape[axis];
    const weights = Float64Array.from({ length: n * n }, (_, i) => {
      const distance = (Math.floor(i / n) - (i % n)) * (isReversed ? -1 : 1);
      return distance > 0 || (distance === 0 && !leavesOut) ? 1 : 0;
    });
    const part = { kind: "contract", axis, inN: n, outN: n, weights } as const;
    return {
      outputs: [x],
      float: ([input]) => {
        const out = new Float64Array(input.data.length);
        accumulateContract(out, { ...part, x: "" }, input.data, x.shape);
        return [tensor(x.shape, out, x.dtype)];
      },
      plan: (planner) =>
        emitLinear(planner, planner.outputs[0], { parts: [{ ...part, x: tensorInput(planner, 0).name }] }),
    };
  },
};
