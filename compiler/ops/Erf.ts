import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const erf: Operator = { op: "Erf", takes: "tabulated", check: (context) => checkFunction(context, "erf") };
