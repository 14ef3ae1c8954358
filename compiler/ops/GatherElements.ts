import { forEachIndex, sizeOf, stridesOf } from "../tensor.ts";
import { alongAxis, gatherMeaning, moving } from "./gathering.ts";
import { axisOf, badShape, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { pickMeaning, positionOf } from "./positions.ts";

export const gatherElements: Operator = {
  op: "GatherElements",
  takes: "constant or computed indices",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, intAttribute(node, "axis", 0), x.shape.length);
    const { shape } = inputType(context, 1);
    if (shape.length !== x.shape.length) badShape(node, `indices [${shape}] do not have the rank of [${x.shape}]`);
    const strides = stridesOf(x.shape);
    const data = context.constants[1]?.data;
    if (data === undefined) {
      return gatherMeaning(context, {
        shape,
        indexShape: shape,
        axes: [{ stride: strides[axis], count: x.shape[axis] }],
        starts: moving(shape.map((_, i) => alongAxis(shape, i, i === axis ? 0 : strides[i]))),
      });
    }
    const positions = new Int32Array(sizeOf(shape));
    const others = strides.map((stride, i) => (i === axis ? 0 : stride));
    forEachIndex(shape, others, (i, offset) => {
      positions[i] = offset + positionOf(context, data[i], x.shape[axis]) * strides[axis];
    });
    const source = ([input]: readonly { data: Float64Array }[]) => input.data;
    return pickMeaning({ dtype: x.dtype, shape }, positions, source, (planner) => tensorInput(planner, 0));
  },
};
