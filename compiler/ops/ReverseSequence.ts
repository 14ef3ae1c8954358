import { forEachIndex, sizeOf, stridesOf } from "../tensor.ts";
import { axisOf, badShape, inputConstant, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { pickMeaning } from "./positions.ts";

/** Constant lengths. */
export const reverseSequence: Operator = {
  op: "ReverseSequence",
  takes: "constant lengths",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const lengths = inputConstant(context, 1, "the list of lengths").data;
    const time = axisOf(node, intAttribute(node, "time_axis", 0), x.shape.length);
    const batch = axisOf(node, intAttribute(node, "batch_axis", 1), x.shape.length);
    if (lengths.length !== x.shape[batch] || lengths.some((n) => n < 1 || n > x.shape[time]))
      badShape(node, `lengths [${lengths}] do not fit the shape [${x.shape}]`);
    const strides = stridesOf(x.shape);
    const positions = new Int32Array(sizeOf(x.shape));
    forEachIndex(x.shape, strides, (i) => {
      const t = Math.floor(i / strides[time]) % x.shape[time];
      const length = lengths[Math.floor(i / strides[batch]) % x.shape[batch]];
      positions[i] = t < length ? i + (length - 1 - 2 * t) * strides[time] : i;
    });
    const source = ([input]: readonly { data: Float64Array }[]) => input.data;
    return pickMeaning(x, positions, source, (planner) => tensorInput(planner, 0));
  },
};
