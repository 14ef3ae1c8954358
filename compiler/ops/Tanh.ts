import type { Operator } from "./operator.ts";
import { checkActivation } from "./unary.ts";

export const tanh: Operator = {
  op: "Tanh",
  takes: "tabulated",
  check: (context) => checkActivation(context, { name: "tanh" }),
};
