import type { Operator } from "./operator.ts";
import { checkRowReduction } from "./row-reduction.ts";
import { emitRowSum } from "./row-steps.ts";
import { emitLinear, scaled } from "./steps.ts";

/** Sum of absolute values. */
export const reduceL1: Operator = {
  op: "ReduceL1",
  takes: "constant axes",
  check: (context) =>
    checkRowReduction(context, {
      float: (row) => row.reduce((sum, value) => sum + Math.abs(value), 0),
      emit: (planner, { name, shape }, reduced) => {
        const sizes = { name: planner.fresh(`${reduced} sizes`), shape };
        emitLinear(planner, sizes, {
          parts: [scaled(name, 1)],
          activation: { name: "function", f: "abs", a: 0, b: 0 },
        });
        emitRowSum(planner, sizes, reduced);
      },
    }),
};
