import { checkIndex } from "./index-of.ts";
import type { Operator } from "./operator.ts";

export const argMax: Operator = {
  op: "ArgMax",
  takes: "one axis, keepdims either way, first or last of equals",
  check: (context) => checkIndex(context, false),
};
