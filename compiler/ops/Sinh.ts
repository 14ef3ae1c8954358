import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const sinh: Operator = { op: "Sinh", takes: "tabulated", check: (context) => checkFunction(context, "sinh") };
