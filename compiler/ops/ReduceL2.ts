import type { Operator } from "./operator.ts";
import { checkRowReduction } from "./row-reduction.ts";
import { emitRowSquares } from "./row-steps.ts";
import { emitLinear, scaled } from "./steps.ts";

/** Square root of the sum of squares. */
export const reduceL2: Operator = {
  op: "ReduceL2",
  takes: "constant axes",
  check: (context) =>
    checkRowReduction(context, {
      float: (row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)),
      emit: (planner, rows, reduced) => {
        const squares = planner.fresh(`${reduced} squares`);
        emitRowSquares(planner, rows, squares);
        emitLinear(
          planner,
          { name: reduced, shape: [1, rows.shape[1], 1] },
          { parts: [scaled(squares, 1)], activation: { name: "function", f: "sqrt", a: 0, b: 0 }, fine: "inputs" },
        );
      },
    }),
};
