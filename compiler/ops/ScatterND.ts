import { sizeOf, stridesOf } from "../tensor.ts";
import { badShape, inputConstant, inputType, type Operator } from "./operator.ts";
import { positionOf } from "./positions.ts";
import { checkScatter } from "./scattering.ts";

/** Constant indices, no reduction. */
export const scatterND: Operator = {
  op: "ScatterND",
  takes: "constant indices, no reduction",
  check: (context) => {
    const x = inputType(context, 0);
    const { shape, data } = inputConstant(context, 1, "the tensor of indices");
    const depth = shape[shape.length - 1];
    if (depth > x.shape.length) badShape(context.node, `indices of ${depth} axes do not fit the shape [${x.shape}]`);
    const strides = stridesOf(x.shape);
    const slab = sizeOf(x.shape.slice(depth));
    const targets = Int32Array.from({ length: (data.length / depth) * slab }, (_, i) => {
      const tuple = Math.floor(i / slab) * depth;
      let position = i % slab;
      for (let d = 0; d < depth; d++) position += positionOf(context, data[tuple + d], x.shape[d]) * strides[d];
      return position;
    });
    return checkScatter(context, targets);
  },
};
