import { checkBinary } from "./binary.ts";
import type { Operator } from "./operator.ts";
import { emitSum } from "./signed-sum.ts";

export const add: Operator = {
  op: "Add",
  takes: "any broadcast; of tensors, or of a tensor and constants",
  check: (context) =>
    checkBinary(
      context,
      (a, b) => a + b,
      (planner, a, b) => emitSum(planner, [a, 1], [b, 1]),
    ),
};
