import type { Operator } from "./operator.ts";
import { checkVariadic, emitTotal } from "./variadic.ts";

export const sum: Operator = {
  op: "Sum",
  check: (context) =>
    checkVariadic(
      context,
      (values) => values.reduce((total, value) => total + value, 0),
      (planner) => emitTotal(planner, 1),
    ),
};
