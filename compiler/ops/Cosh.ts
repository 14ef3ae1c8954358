import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const cosh: Operator = { op: "Cosh", check: (context) => checkFunction(context, "cosh") };
