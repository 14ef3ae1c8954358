import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const abs: Operator = { op: "Abs", check: (context) => checkFunction(context, "abs") };
