import { checkSign } from "./comparison.ts";
import type { Operator } from "./operator.ts";

export const greater: Operator = {
  op: "Greater",
  takes: "any broadcast; by the sign of the difference",
  check: (context) => checkSign(context, (a, b) => a > b, { left: 1, right: -1, sign: "isPositive" }),
};
