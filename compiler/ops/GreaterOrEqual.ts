import { checkSign } from "./comparison.ts";
import type { Operator } from "./operator.ts";

export const greaterOrEqual: Operator = {
  op: "GreaterOrEqual",
  takes: "any broadcast; by the sign of the difference",
  check: (context) => checkSign(context, (a, b) => a >= b, { left: 1, right: -1, sign: "isNotNegative" }),
};
