import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const cosh: Operator = { op: "Cosh", takes: "tabulated", check: (context) => checkFunction(context, "cosh") };
