import { inputType, type Operator } from "./operator.ts";
import { checkReshape } from "./reshaping.ts";

export const identity: Operator = {
  op: "Identity",
  takes: "as ONNX defines it",
  check: (context) => checkReshape(context, inputType(context, 0).shape),
};
