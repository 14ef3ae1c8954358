import { badShape, inputType, type Operator } from "./operator.ts";
import { checkMean } from "./reduction.ts";

export const globalAveragePool: Operator = {
  op: "GlobalAveragePool",
  takes: "as ONNX defines it",
  check: (context) => {
    const { shape } = inputType(context, 0);
    if (shape.length < 3) badShape(context.node, `the input [${shape}] has no spatial axes`);
    return checkMean(context, shape.map((_, axis) => axis).slice(2), true);
  },
};
