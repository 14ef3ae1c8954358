import type { Operator } from "./operator.ts";
import { checkVariadic, emitTotal } from "./variadic.ts";

export const sum: Operator = {
  op: "Sum",
  takes: "any broadcast, any number of tensors and constants",
  check: (context) =>
    checkVariadic(
      context,
      (values) => values.reduce((total, value) => total + value, 0),
      (planner) => emitTotal(planner, 1),
    ),
};
