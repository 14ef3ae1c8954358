import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const abs: Operator = { op: "Abs", takes: "tabulated", check: (context) => checkFunction(context, "abs") };
