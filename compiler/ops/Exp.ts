import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const exp: Operator = { op: "Exp", takes: "tabulated", check: (context) => checkFunction(context, "exp") };
