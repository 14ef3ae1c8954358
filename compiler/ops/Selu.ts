import { floatAttribute, type Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const selu: Operator = {
  op: "Selu",
  takes: "tabulated",
  check: (context) =>
    checkFunction(
      context,
      "selu",
      floatAttribute(context.node, "alpha", 1.6732632423543772),
      floatAttribute(context.node, "gamma", 1.0507009873554805),
    ),
};
