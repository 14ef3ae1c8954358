import { checkSign } from "./comparison.ts";
import type { Operator } from "./operator.ts";

export const xor: Operator = {
  op: "Xor",
  takes: "any broadcast",
  check: (context) =>
    checkSign(context, (a, b) => (a !== 0) !== (b !== 0), { left: 1, right: 1, shift: -1, sign: "isZero" }),
};
