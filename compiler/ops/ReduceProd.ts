import type { Operator, Planner } from "./operator.ts";
import { checkRowReduction } from "./row-reduction.ts";
import { emitLinear, emitView } from "./steps.ts";

/** Product: the first half times the second, until one is left. */
export const reduceProd: Operator = {
  op: "ReduceProd",
  takes: "constant axes",
  check: (context) =>
    checkRowReduction(context, {
      float: (row) => row.reduce((product, value) => product * value, 1),
      emit: (planner, { name, shape: [, rows, n] }, reduced) => {
        let [x, length] = [name, n];
        while (length > 1) {
          const half = Math.floor(length / 2);
          const first = slice(planner, x, rows, 0, half);
          const second = slice(planner, x, rows, half, half);
          const product = { name: planner.fresh(reduced), shape: [1, rows, half] };
          emitLinear(planner, product, {
            parts: [{ kind: "product", x: first, y: second, contracts: false, factor: 1 }],
          });
          if (length % 2 === 1) {
            const last = slice(planner, x, rows, length - 1, 1);
            const joined = { name: planner.fresh(reduced), shape: [1, rows, half + 1] };
            emitView(planner, [product.name, last], joined, { name: "concat", axis: 2 });
            [x, length] = [joined.name, half + 1];
          } else {
            [x, length] = [product.name, half];
          }
        }
        emitView(planner, [x], { name: reduced, shape: [1, rows, 1] }, { name: "reshape" });
      },
    }),
};

function slice(planner: Planner, x: string, rows: number, start: number, length: number): string {
  const part = { name: planner.fresh(x), shape: [1, rows, length] };
  emitView(planner, [x], part, { name: "slice", axis: 2, start, step: 1 });
  return part.name;
}
