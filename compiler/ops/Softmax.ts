import { checkExponentials } from "./exponentials.ts";
import type { Operator } from "./operator.ts";

export const softmax: Operator = { op: "Softmax", check: (context) => checkExponentials(context, false) };
