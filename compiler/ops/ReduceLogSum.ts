import { logarithm } from "../math.ts";
import type { Operator } from "./operator.ts";
import { checkRowReduction } from "./row-reduction.ts";
import { emitRowSum } from "./row-steps.ts";

/** Logarithm of the sum. */
export const reduceLogSum: Operator = {
  op: "ReduceLogSum",
  takes: "constant axes; sums above 0",
  check: (context) =>
    checkRowReduction(context, {
      float: (row) => logarithm(row.reduce((sum, value) => sum + value, 0)),
      emit: (planner, rows, reduced) =>
        emitRowSum(planner, rows, reduced, { activation: { name: "function", f: "log", a: 0, b: 0 }, fine: "inputs" }),
    }),
};
