import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const sin: Operator = { op: "Sin", takes: "tabulated", check: (context) => checkFunction(context, "sin") };
