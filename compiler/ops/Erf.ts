import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const erf: Operator = { op: "Erf", check: (context) => checkFunction(context, "erf") };
