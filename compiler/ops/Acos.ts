import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const acos: Operator = { op: "Acos", check: (context) => checkFunction(context, "acos") };
