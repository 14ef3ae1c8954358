import type { Operator } from "./operator.ts";
import { checkVariadic, emitTotal } from "./variadic.ts";

export const mean: Operator = {
  op: "Mean",
  takes: "any broadcast, any number of tensors and constants",
  check: (context) =>
    checkVariadic(
      context,
      (values) => values.reduce((total, value) => total + value, 0) / values.length,
      (planner) => emitTotal(planner, 1 / planner.inputs.length),
    ),
};
