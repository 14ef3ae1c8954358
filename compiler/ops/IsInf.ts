import { neverTrue } from "./never-true.ts";
import type { Operator } from "./operator.ts";

export const isInfinite: Operator = {
  op: "IsInf",
  takes: "false: integers are finite",
  check: (context) => neverTrue(context, (value) => Math.abs(value) === Number.POSITIVE_INFINITY),
};
