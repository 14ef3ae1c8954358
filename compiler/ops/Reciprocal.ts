import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const reciprocal: Operator = { op: "Reciprocal", check: (context) => checkFunction(context, "reciprocal") };
