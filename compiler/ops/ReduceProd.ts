import type { Operator } from "./operator.ts";
import { rowProduct } from "./row-product.ts";
import { checkRowReduction } from "./row-reduction.ts";
import { emitView } from "./steps.ts";

export const reduceProd: Operator = {
  op: "ReduceProd",
  takes: "constant axes",
  check: (context) =>
    checkRowReduction(context, {
      float: (row) => row.reduce((product, value) => product * value, 1),
      emit: (planner, rows, reduced) => {
        const { name, shape } = rowProduct(planner, rows);
        emitView(planner, [name], { name: reduced, shape }, { name: "reshape" });
      },
    }),
};
