import { checkLarger } from "./larger.ts";
import type { Operator } from "./operator.ts";

export const min: Operator = {
  op: "Min",
  takes: "any broadcast, any number of tensors and constants",
  check: (context) => checkLarger(context, -1),
};
