import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const sqrt: Operator = {
  op: "Sqrt",
  takes: "tabulated; inputs from 0 on",
  check: (context) => checkFunction(context, "sqrt"),
};
