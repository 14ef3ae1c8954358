import { floatAttribute, type Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const celu: Operator = {
  op: "Celu",
  takes: "tabulated",
  check: (context) => checkFunction(context, "celu", floatAttribute(context.node, "alpha", 1)),
};
