import { checkExponentials } from "./exponentials.ts";
import type { Operator } from "./operator.ts";

export const logSoftmax: Operator = {
  op: "LogSoftmax",
  takes: "one axis; until opset 12 all axes from it on",
  check: (context) => checkExponentials(context, true),
};
