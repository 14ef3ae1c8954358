import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const round: Operator = {
  op: "Round",
  takes: "tabulated; halves to even",
  check: (context) => checkFunction(context, "round"),
};
