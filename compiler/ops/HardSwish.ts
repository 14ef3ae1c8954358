import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const hardSwish: Operator = {
  op: "HardSwish",
  takes: "tabulated",
  check: (context) => checkFunction(context, "hardSwish"),
};
