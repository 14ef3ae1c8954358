import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const floor: Operator = { op: "Floor", takes: "tabulated", check: (context) => checkFunction(context, "floor") };
