import { floatAttribute, type Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const shrink: Operator = {
  op: "Shrink",
  takes: "tabulated",
  check: (context) =>
    checkFunction(
      context,
      "shrink",
      floatAttribute(context.node, "lambd", 0.5),
      floatAttribute(context.node, "bias", 0),
    ),
};
