import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const atanh: Operator = { op: "Atanh", check: (context) => checkFunction(context, "atanh") };
