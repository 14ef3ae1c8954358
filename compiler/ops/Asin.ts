import type { Operator } from "./operator.ts";
import { checkFunction } from "./unary.ts";

export const asin: Operator = { op: "Asin", check: (context) => checkFunction(context, "asin") };
