import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const cos: Operator = { op: "Cos", takes: "tabulated", check: (context) => checkFunction(context, "cos") };
