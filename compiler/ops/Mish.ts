import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const mish: Operator = { op: "Mish", takes: "tabulated", check: (context) => checkFunction(context, "mish") };
