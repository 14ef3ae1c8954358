import { type Operator, stringAttribute } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const gelu: Operator = {
  op: "Gelu",
  takes: "tabulated; exact or by tanh",
  check: (context) =>
    checkFunction(context, stringAttribute(context.node, "approximate", "none") === "tanh" ? "geluTanh" : "gelu"),
};
