import { sizeOf, tensor } from "../tensor.ts";
import { constantly } from "./folded.ts";
import { badShape, inputType, intAttribute, type Operator } from "./operator.ts";

export const eyeLike: Operator = {
  op: "EyeLike",
  takes: "folded",
  check: (context) => {
    const x = inputType(context, 0);
    if (x.shape.length !== 2) badShape(context.node, `the input [${x.shape}] is not a matrix`);
    const k = intAttribute(context.node, "k", 0);
    const [, columns] = x.shape;
    const data = Float64Array.from({ length: sizeOf(x.shape) }, (_, i) =>
      (i % columns) - Math.floor(i / columns) === k ? 1 : 0,
    );
    return constantly(tensor(x.shape, data, x.dtype));
  },
};
