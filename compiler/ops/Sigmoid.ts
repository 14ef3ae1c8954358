import type { Operator } from "./operator.ts";
import { checkActivation } from "./unary.ts";

export const sigmoid: Operator = {
  op: "Sigmoid",
  takes: "tabulated",
  check: (context) => checkActivation(context, { name: "sigmoid" }),
};
