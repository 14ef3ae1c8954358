import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const acosh: Operator = { op: "Acosh", check: (context) => checkFunction(context, "acosh") };
