import { forEachIndex, sizeOf, stridesOf } from "../tensor.ts";
import { axisOf, inputConstant, inputType, intAttribute, type Operator } from "./operator.ts";
import { positionOf } from "./positions.ts";
import { checkScatter } from "./scattering.ts";

/** Constant indices, no reduction. */
export const scatterElements: Operator = {
  op: "ScatterElements",
  takes: "constant indices, no reduction",
  check: (context) => {
    const x = inputType(context, 0);
    const axis = axisOf(context.node, intAttribute(context.node, "axis", 0), x.shape.length);
    const { shape, data } = inputConstant(context, 1, "the tensor of indices");
    const strides = stridesOf(x.shape);
    const targets = new Int32Array(sizeOf(shape));
    const others = strides.map((stride, i) => (i === axis ? 0 : stride));
    forEachIndex(shape, others, (i, offset) => {
      targets[i] = offset + positionOf(context, data[i], x.shape[axis]) * strides[axis];
    });
    return checkScatter(context, targets);
  },
};
