/** Reductions that take several steps, over rows [1, rows, n]. */
import { gather, sizeOf, stridesOf, tensor } from "../tensor.ts";
import { inputType, intAttribute, type Meaning, type NodeContext, type Planner, tensorInput } from "./operator.ts";
import { reducedAxes } from "./reduced-axes.ts";
import { type Rows, rowsOf } from "./rows.ts";
import { emitView } from "./steps.ts";

export interface RowReduction {
  readonly float: (row: Float64Array) => number;
  /** Makes a tensor of shape [1, rows, 1] by the name given. */
  readonly emit: (planner: Planner, rows: Rows, name: string) => void;
}

export function checkRowReduction(context: NodeContext, reduction: RowReduction): Meaning {
  const x = inputType(context, 0);
  const axes = reducedAxes(context) ?? [];
  const isKept = intAttribute(context.node, "keepdims", 1) !== 0 || reducedAxes(context) === undefined;
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const shape = isKept ? x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)) : kept.map((axis) => x.shape[axis]);
  const permutation = [...kept, ...axes];
  const n = sizeOf(axes.map((axis) => x.shape[axis]));
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([input]) => {
      const rows = gather(
        input.data,
        permutation.map((axis) => x.shape[axis]),
        permutation.map((axis) => stridesOf(x.shape)[axis]),
      );
      const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
        reduction.float(rows.subarray(i * n, (i + 1) * n)),
      );
      return [tensor(shape, data, x.dtype)];
    },
    plan: (planner) => {
      const { rows } = rowsOf(planner, tensorInput(planner, 0), axes);
      const reduced = planner.fresh(planner.outputs[0].name);
      reduction.emit(planner, rows, reduced);
      emitView(planner, [reduced], planner.outputs[0], { name: "reshape" });
    },
  };
}
