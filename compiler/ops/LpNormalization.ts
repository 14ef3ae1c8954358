import { tensor } from "../tensor.ts";
import { emitInverseNorm } from "./moments.ts";
import {
  axisOf,
  inputType,
  intAttribute,
  type Operator,
  type Planner,
  type PlanOutput,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitRowSum, expandedRows } from "./row-steps.ts";
import { emitWithAxesLast, type Rows } from "./rows.ts";
import { emitLinear, scaled } from "./steps.ts";

/** x divided by its L1 or L2 norm along one axis. */
export const lpNormalization: Operator = {
  op: "LpNormalization",
  takes: "p 1 or 2, norms above 0",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, intAttribute(node, "axis", -1), x.shape.length);
    const p = intAttribute(node, "p", 2);
    if (p !== 1 && p !== 2) unsupported(node, `p is ${p}`, "use p 1 or 2");
    const n = x.shape[axis];
    const inner = x.shape.slice(axis + 1).reduce((size, length) => size * length, 1);
    return {
      outputs: [x],
      float: ([input]) => {
        const norms = new Float64Array(input.data.length / n);
        const rowOf = (i: number): number => Math.floor(i / (n * inner)) * inner + (i % inner);
        input.data.forEach((value, i) => {
          norms[rowOf(i)] += p === 1 ? Math.abs(value) : value * value;
        });
        const divisor = (i: number): number => (p === 1 ? norms[rowOf(i)] : Math.sqrt(norms[rowOf(i)]));
        return [
          tensor(
            x.shape,
            input.data.map((value, i) => (norms[rowOf(i)] === 0 ? 0 : value / divisor(i))),
            x.dtype,
          ),
        ];
      },
      plan: (planner) =>
        emitWithAxesLast(planner, tensorInput(planner, 0), planner.outputs[0], [axis], (rows, output) => {
          const inverse =
            p === 1 ? emitInverseSum(planner, rows, output) : emitInverseNorm(planner, rows, output.name, 1, 0);
          const y = expandedRows(planner, inverse, rows);
          emitLinear(planner, output, { parts: [{ kind: "product", x: rows.name, y, contracts: false, factor: 1 }] });
        }),
    };
  },
};

/** 1 / sum of absolute values */
function emitInverseSum(planner: Planner, { name, shape }: Rows, output: PlanOutput): string {
  const sizes = { name: planner.fresh(`${output.name} sizes`), shape };
  emitLinear(planner, sizes, { parts: [scaled(name, 1)], activation: { name: "function", f: "abs", a: 0, b: 0 } });
  const inverse = planner.fresh(`${output.name} inverse`);
  emitRowSum(planner, sizes, inverse, { activation: { name: "function", f: "reciprocal", a: 0, b: 0 } });
  return inverse;
}
