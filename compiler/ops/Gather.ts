import { gather as gatherData, sizeOf, stridesOf, tensor } from "../tensor.ts";
import {
  axisOf,
  badShape,
  inputConstant,
  inputType,
  intAttribute,
  type Operator,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitView } from "./steps.ts";

/** Constant indices that step evenly are a slice. */
export const gather: Operator = {
  op: "Gather",
  takes: "constant indices that are a range; any in shape computations",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, intAttribute(node, "axis", 0), x.shape.length);
    const list = inputConstant(context, 1, "the list of indices");
    const n = x.shape[axis];
    const indices = [...list.data].map((index) => (index < 0 ? index + n : index));
    if (indices.some((index) => index < 0 || index >= n)) badShape(node, `an index is outside an axis of length ${n}`);
    const shape = [...x.shape.slice(0, axis), ...list.shape, ...x.shape.slice(axis + 1)];
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => [tensor(shape, pick(input.data, x.shape, axis, indices), x.dtype)],
      plan: (planner) => {
        const step = indices.length > 1 ? indices[1] - indices[0] : 1;
        if (step === 0 || indices.some((index, i) => index !== indices[0] + i * step)) {
          unsupported(node, "the indices do not step evenly", "gather with indices that are a range");
        }
        const sliced = {
          name: planner.fresh(node.outputs[0]),
          shape: x.shape.map((size, i) => (i === axis ? indices.length : size)),
        };
        emitView(planner, [tensorInput(planner, 0).name], sliced, { name: "slice", axis, start: indices[0], step });
        emitView(planner, [sliced.name], planner.outputs[0], { name: "reshape" });
      },
    };
  },
};

function pick(data: Float64Array, shape: readonly number[], axis: number, indices: readonly number[]): Float64Array {
  const strides = stridesOf(shape);
  const rest = shape.map((n, i) => (i === axis ? 1 : n));
  const inner = sizeOf(shape.slice(axis + 1));
  const out = new Float64Array(sizeOf(rest) * indices.length);
  indices.forEach((index, position) => {
    gatherData(data, rest, strides, index * strides[axis]).forEach((value, i) => {
      out[(Math.floor(i / inner) * indices.length + position) * inner + (i % inner)] = value;
    });
  });
  return out;
}
