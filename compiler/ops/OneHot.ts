import { forEachIndex, sizeOf, stridesOf, tensor } from "../tensor.ts";
import { constantly } from "./folded.ts";
import { axisOf, inputConstant, intAttribute, type Operator } from "./operator.ts";

/** Constant indices. */
export const oneHot: Operator = {
  op: "OneHot",
  takes: "folded",
  check: (context) => {
    const indices = inputConstant(context, 0, "the tensor of indices");
    const depth = inputConstant(context, 1, "the depth").data[0];
    const values = inputConstant(context, 2, "the pair of values");
    const axis = axisOf(context.node, intAttribute(context.node, "axis", -1), indices.shape.length + 1);
    const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
    const inner = sizeOf(shape.slice(axis + 1));
    const data = new Float64Array(sizeOf(shape)).fill(values.data[0]);
    forEachIndex(indices.shape, stridesOf(indices.shape), (i) => {
      const index = indices.data[i] < 0 ? indices.data[i] + depth : indices.data[i];
      if (index < 0 || index >= depth) return;
      data[(Math.floor(i / inner) * depth + index) * inner + (i % inner)] = values.data[1];
    });
    return constantly(tensor(shape, data, values.dtype));
  },
};
