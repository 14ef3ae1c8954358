import { forEachIndex, sizeOf, stridesOf } from "../tensor.ts";
import { axisOf, badShape, inputConstant, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { pickMeaning, positionOf } from "./positions.ts";

/** Constant indices. */
export const gatherElements: Operator = {
  op: "GatherElements",
  takes: "constant indices",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, intAttribute(node, "axis", 0), x.shape.length);
    const { shape, data } = inputConstant(context, 1, "the tensor of indices");
    if (shape.length !== x.shape.length) badShape(node, `indices [${shape}] do not have the rank of [${x.shape}]`);
    const strides = stridesOf(x.shape);
    const positions = new Int32Array(sizeOf(shape));
    const others = strides.map((stride, i) => (i === axis ? 0 : stride));
    forEachIndex(shape, others, (i, offset) => {
      positions[i] = offset + positionOf(context, data[i], x.shape[axis]) * strides[axis];
    });
    const source = ([input]: readonly { data: Float64Array }[]) => input.data;
    return pickMeaning({ dtype: x.dtype, shape }, positions, source, (planner) => tensorInput(planner, 0));
  },
};
