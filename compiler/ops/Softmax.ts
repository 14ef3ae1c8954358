import { checkExponentials } from "./exponentials.ts";
import type { Operator } from "./operator.ts";

export const softmax: Operator = {
  op: "Softmax",
  takes: "one axis; until opset 12 all axes from it on",
  check: (context) => checkExponentials(context, false),
};
