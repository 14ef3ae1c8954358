import { checkSign } from "./comparison.ts";
import type { Operator } from "./operator.ts";

export const or: Operator = {
  op: "Or",
  takes: "any broadcast",
  check: (context) =>
    checkSign(context, (a, b) => a !== 0 || b !== 0, { left: 1, right: 1, shift: -0.5, sign: "isPositive" }),
};
