import type { Operator } from "./operator.ts";
import { RELU } from "./steps.ts";
import { checkActivation } from "./unary.ts";

export const relu: Operator = {
  op: "Relu",
  takes: "as ONNX defines it",
  check: (context) => checkActivation(context, RELU),
};
