import { checkIndex } from "./index-of.ts";
import type { Operator } from "./operator.ts";

export const argMin: Operator = { op: "ArgMin", check: (context) => checkIndex(context, true) };
