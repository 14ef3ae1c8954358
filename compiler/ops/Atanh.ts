import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const atanh: Operator = {
  op: "Atanh",
  takes: "tabulated; inputs between -1 and 1",
  check: (context) => checkFunction(context, "atanh"),
};
