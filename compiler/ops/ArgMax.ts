import { checkIndex } from "./index-of.ts";
import type { Operator } from "./operator.ts";

export const argMax: Operator = { op: "ArgMax", check: (context) => checkIndex(context, false) };
