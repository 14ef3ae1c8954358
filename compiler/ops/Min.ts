import { checkLarger } from "./larger.ts";
import type { Operator } from "./operator.ts";

export const min: Operator = { op: "Min", check: (context) => checkLarger(context, -1) };
