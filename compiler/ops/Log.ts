import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const log: Operator = { op: "Log", check: (context) => checkFunction(context, "log") };
