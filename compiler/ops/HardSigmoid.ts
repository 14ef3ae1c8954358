import { floatAttribute, type Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const hardSigmoid: Operator = {
  op: "HardSigmoid",
  takes: "tabulated",
  check: (context) =>
    checkFunction(
      context,
      "hardSigmoid",
      floatAttribute(context.node, "alpha", 0.2),
      floatAttribute(context.node, "beta", 0.5),
    ),
};
