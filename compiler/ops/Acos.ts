import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const acos: Operator = {
  op: "Acos",
  takes: "tabulated; inputs from -1 to 1",
  check: (context) => checkFunction(context, "acos"),
};
