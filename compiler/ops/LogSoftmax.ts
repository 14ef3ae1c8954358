import { checkExponentials } from "./exponentials.ts";
import type { Operator } from "./operator.ts";

export const logSoftmax: Operator = { op: "LogSoftmax", check: (context) => checkExponentials(context, true) };
