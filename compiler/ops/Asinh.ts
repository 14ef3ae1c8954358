import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const asinh: Operator = { op: "Asinh", takes: "tabulated", check: (context) => checkFunction(context, "asinh") };
