import type { Operator } from "./operator.ts";
import { RELU } from "./steps.ts";
import { checkActivation } from "./unary.ts";

export const relu: Operator = { op: "Relu", check: (context) => checkActivation(context, RELU) };
