import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const mish: Operator = { op: "Mish", check: (context) => checkFunction(context, "mish") };
