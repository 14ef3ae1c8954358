import { floatAttribute, type Operator } from "./operator.ts";
import { checkActivation } from "./unary.ts";

export const leakyRelu: Operator = {
  op: "LeakyRelu",
  check: (context) =>
    checkActivation(context, { name: "leakyRelu", alpha: floatAttribute(context.node, "alpha", 0.01) }),
};
