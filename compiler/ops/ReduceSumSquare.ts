import type { Operator } from "./operator.ts";
import { checkRowReduction } from "./row-reduction.ts";
import { emitRowSquares } from "./row-steps.ts";

/** Sum of squares. */
export const reduceSumSquare: Operator = {
  op: "ReduceSumSquare",
  takes: "constant axes",
  check: (context) =>
    checkRowReduction(context, {
      float: (row) => row.reduce((sum, value) => sum + value * value, 0),
      emit: (planner, rows, reduced) => emitRowSquares(planner, rows, reduced),
    }),
};
