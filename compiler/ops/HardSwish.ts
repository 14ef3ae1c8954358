import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const hardSwish: Operator = { op: "HardSwish", check: (context) => checkFunction(context, "hardSwish") };
