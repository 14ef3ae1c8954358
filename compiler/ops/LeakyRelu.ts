import { floatAttribute, type Operator } from "./operator.ts";
import { checkActivation } from "./unary.ts";

export const leakyRelu: Operator = {
  op: "LeakyRelu",
  takes: "as ONNX defines it",
  check: (context) =>
    checkActivation(context, { name: "leakyRelu", alpha: floatAttribute(context.node, "alpha", 0.01) }),
};
