import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const atan: Operator = { op: "Atan", takes: "tabulated", check: (context) => checkFunction(context, "atan") };
