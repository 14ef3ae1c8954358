import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const asin: Operator = {
  op: "Asin",
  takes: "tabulated; inputs from -1 to 1",
  check: (context) => checkFunction(context, "asin"),
};
