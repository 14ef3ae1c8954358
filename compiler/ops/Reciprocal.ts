import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const reciprocal: Operator = {
  op: "Reciprocal",
  takes: "tabulated; inputs all above or all below 0",
  check: (context) => checkFunction(context, "reciprocal"),
};
