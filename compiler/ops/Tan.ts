import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const tan: Operator = {
  op: "Tan",
  takes: "tabulated; inputs between -pi/2 and pi/2",
  check: (context) => checkFunction(context, "tan"),
};
