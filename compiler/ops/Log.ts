import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const log: Operator = {
  op: "Log",
  takes: "tabulated; inputs above 0",
  check: (context) => checkFunction(context, "log"),
};
