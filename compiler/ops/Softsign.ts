import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const softsign: Operator = {
  op: "Softsign",
  takes: "tabulated",
  check: (context) => checkFunction(context, "softsign"),
};
