import { int64, sizeOf } from "../tensor.ts";
import { constantly } from "./folded.ts";
import { inputType, type Operator } from "./operator.ts";

export const size: Operator = {
  op: "Size",
  takes: "folded",
  check: (context) => constantly(int64([], [sizeOf(inputType(context, 0).shape)])),
};
