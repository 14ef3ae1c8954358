import { floatAttribute, type Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const elu: Operator = {
  op: "Elu",
  takes: "tabulated",
  check: (context) => checkFunction(context, "elu", floatAttribute(context.node, "alpha", 1)),
};
