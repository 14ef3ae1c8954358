import type { AttributeValue } from "../../graph.ts";
import { tensor } from "../../tensor.ts";
import { lpNormalization } from "../LpNormalization.ts";
import {
  inputType,
  type Meaning,
  type NodeContext,
  type Operator,
  stringAttribute,
  tensorInput,
  unsupported,
} from "../operator.ts";
import { emitRowLargest, expandedRows } from "../row-steps.ts";
import { emitWithAxesLast } from "../rows.ts";
import { emitLinear, scaled } from "../steps.ts";

/** Each row divided by its L1 or L2 norm, or by its largest value. */
export const normalizer: Operator = {
  op: "Normalizer",
  takes: "L1, L2, or MAX where the largest value of a row stays on one side of 0",
  check: (context) => {
    const norm = stringAttribute(context.node, "norm", "MAX");
    if (norm === "MAX") return byLargest(context);
    if (norm !== "L1" && norm !== "L2") unsupported(context.node, `norm ${norm}`, "use L1, L2 or MAX");
    const p: AttributeValue = { kind: "int", value: norm === "L1" ? 1 : 2 };
    return lpNormalization.check({ ...context, node: { ...context.node, attributes: { p } } });
  },
};

function byLargest(context: NodeContext): Meaning {
  const { shape } = inputType(context, 0);
  const axis = shape.length - 1;
  const n = shape[axis];
  return {
    outputs: [{ dtype: "float32", shape }],
    float: ([x]) => {
      const divisor = (i: number): number => Math.max(...x.data.subarray(i - (i % n), i - (i % n) + n)) || 1;
      return [
        tensor(
          shape,
          x.data.map((value, i) => value / divisor(i)),
        ),
      ];
    },
    plan: (planner) =>
      emitWithAxesLast(planner, tensorInput(planner, 0), planner.outputs[0], [axis], (rows, output) => {
        const largest = planner.fresh(`${output.name} largest`);
        emitRowLargest(planner, rows, largest);
        const inverse = { name: planner.fresh(`${output.name} inverse`), shape: [1, rows.shape[1], 1] };
        emitLinear(planner, inverse, {
          parts: [scaled(largest, 1)],
          activation: { name: "function", f: "reciprocal", a: 0, b: 0 },
          fine: "inputs",
        });
        const y = expandedRows(planner, inverse.name, rows);
        emitLinear(planner, output, { parts: [{ kind: "product", x: rows.name, y, contracts: false, factor: 1 }] });
      }),
  };
}
