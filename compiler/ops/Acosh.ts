import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const acosh: Operator = {
  op: "Acosh",
  takes: "tabulated; inputs from 1 on",
  check: (context) => checkFunction(context, "acosh"),
};
