import { floatAttribute, type Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const thresholdedRelu: Operator = {
  op: "ThresholdedRelu",
  takes: "tabulated",
  check: (context) => checkFunction(context, "thresholdedRelu", floatAttribute(context.node, "alpha", 1)),
};
