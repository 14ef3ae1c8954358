import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const tan: Operator = { op: "Tan", check: (context) => checkFunction(context, "tan") };
