import { neverTrue } from "./never-true.ts";
import type { Operator } from "./operator.ts";

export const isNotANumber: Operator = {
  op: "IsNaN",
  takes: "false: integers are numbers",
  check: (context) => neverTrue(context, Number.isNaN),
};
