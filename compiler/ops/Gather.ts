import { sizeOf, stridesOf } from "../tensor.ts";
import { gatherMeaning, moving, withinAxes } from "./gathering.ts";
import {
  axisOf,
  inputType,
  intAttribute,
  type Meaning,
  type NodeContext,
  type Operator,
  tensorInput,
} from "./operator.ts";
import { pickMeaning, positionOf } from "./positions.ts";
import { emitView } from "./steps.ts";

/** Constant indices that step evenly are a slice, others a choice of cells; indices that are computed are looked up. */
export const gather: Operator = {
  op: "Gather",
  takes: "constant or computed indices, of tensors and of constants (embeddings)",
  check: (context) => {
    const { node, constants } = context;
    const x = inputType(context, 0);
    const indices = inputType(context, 1);
    const axis = axisOf(node, intAttribute(node, "axis", 0), x.shape.length);
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const stride = stridesOf(x.shape)[axis];
    const count = x.shape[axis];
    const list = constants[1];
    if (list === undefined) {
      const after = axis + indices.shape.length;
      return gatherMeaning(context, {
        shape,
        indexShape: shape.map((n, i) => (i >= axis && i < after ? n : 1)),
        axes: [{ stride, count }],
        starts: moving([withinAxes(shape, 0, axis, count * stride), withinAxes(shape, after, shape.length, 1)]),
      });
    }
    return constantGather(
      context,
      axis,
      [...list.data].map((index) => positionOf(context, index, count)),
      shape,
    );
  },
};

function constantGather(context: NodeContext, axis: number, indices: number[], shape: number[]): Meaning {
  const x = inputType(context, 0);
  const count = x.shape[axis];
  const inner = stridesOf(x.shape)[axis];
  const positions = new Int32Array(sizeOf(shape));
  for (let i = 0; i < positions.length; i++) {
    const row = Math.floor(i / inner);
    const outer = Math.floor(row / indices.length);
    positions[i] = (outer * count + indices[row % indices.length]) * inner + (i % inner);
  }
  const source = ([input]: readonly { data: Float64Array }[]) => input.data;
  const output = { dtype: x.dtype, shape };
  const picked = pickMeaning(output, positions, source, (planner) => tensorInput(planner, 0));
  const step = indices.length > 1 ? indices[1] - indices[0] : 1;
  if (step === 0 || indices.some((index, i) => index !== indices[0] + i * step)) return picked;
  return {
    ...picked,
    plan: (planner) => {
      const sliced = {
        name: planner.fresh(context.node.outputs[0]),
        shape: x.shape.map((size, i) => (i === axis ? indices.length : size)),
      };
      emitView(planner, [tensorInput(planner, 0).name], sliced, { name: "slice", axis, start: indices[0], step });
      emitView(planner, [sliced.name], planner.outputs[0], { name: "reshape" });
    },
  };
}
