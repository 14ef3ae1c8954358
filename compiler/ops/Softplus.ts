import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const softplus: Operator = {
  op: "Softplus",
  takes: "tabulated",
  check: (context) => checkFunction(context, "softplus"),
};
