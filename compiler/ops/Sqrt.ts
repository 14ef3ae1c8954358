import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const sqrt: Operator = { op: "Sqrt", check: (context) => checkFunction(context, "sqrt") };
