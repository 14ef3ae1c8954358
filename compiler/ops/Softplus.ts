import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const softplus: Operator = { op: "Softplus", check: (context) => checkFunction(context, "softplus") };
