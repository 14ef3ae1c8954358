import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const atan: Operator = { op: "Atan", check: (context) => checkFunction(context, "atan") };
