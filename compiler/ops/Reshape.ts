import { sizeOf } from "../tensor.ts";
import { badShape, inputConstant, inputType, intAttribute, type Operator } from "./operator.ts";
import { checkReshape } from "./reshaping.ts";

/** 0 copies a size (unless allowzero), -1 takes what is left. */
export const reshape: Operator = {
  op: "Reshape",
  takes: "shapes known at compile time",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const target = [...inputConstant(context, 1, "the new shape").data];
    const allowZero = intAttribute(node, "allowzero", 0) !== 0;
    const shape = target.map((n, axis) => (n === 0 && !allowZero ? x.shape[axis] : n));
    const free = shape.indexOf(-1);
    if (free >= 0) {
      const others = sizeOf(shape.filter((_, axis) => axis !== free));
      shape[free] = others > 0 ? sizeOf(x.shape) / others : Number.NaN;
    }
    if (shape.some((n) => !Number.isInteger(n) || n < 0) || sizeOf(shape) !== sizeOf(x.shape)) {
      badShape(node, `[${x.shape}] cannot be read as [${target}]`);
    }
    return checkReshape(context, shape);
  },
};
