import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const sinh: Operator = { op: "Sinh", check: (context) => checkFunction(context, "sinh") };
