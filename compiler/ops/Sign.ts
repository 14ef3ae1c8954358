import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const sign: Operator = { op: "Sign", takes: "tabulated", check: (context) => checkFunction(context, "sign") };
