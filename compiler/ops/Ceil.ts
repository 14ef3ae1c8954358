import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const ceil: Operator = { op: "Ceil", takes: "tabulated", check: (context) => checkFunction(context, "ceil") };
