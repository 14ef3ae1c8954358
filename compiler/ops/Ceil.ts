import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const ceil: Operator = { op: "Ceil", check: (context) => checkFunction(context, "ceil") };
