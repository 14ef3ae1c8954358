import { exp, logarithm } from "../math.ts";
import { emitShiftedLogarithm } from "./exponentials.ts";
import type { Operator } from "./operator.ts";
import { checkRowReduction } from "./row-reduction.ts";
import { emitLinear, scaled } from "./steps.ts";

/** m + ln(sum of exp(x_i - m)), m the largest x_i. */
export const reduceLogSumExp: Operator = {
  op: "ReduceLogSumExp",
  takes: "constant axes",
  check: (context) =>
    checkRowReduction(context, {
      float: (row) => {
        const largest = row.reduce((a, b) => Math.max(a, b));
        return largest + logarithm(row.reduce((sum, value) => sum + exp(value - largest), 0));
      },
      emit: (planner, rows, reduced) => {
        const { largest, logarithm: rest } = emitShiftedLogarithm(planner, rows, reduced);
        const parts = [scaled(largest, 1), scaled(rest, 1)];
        emitLinear(planner, { name: reduced, shape: [1, rows.shape[1], 1] }, { parts });
      },
    }),
};
