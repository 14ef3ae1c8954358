import { checkLarger } from "./larger.ts";
import type { Operator } from "./operator.ts";

export const max: Operator = { op: "Max", check: (context) => checkLarger(context, 1) };
