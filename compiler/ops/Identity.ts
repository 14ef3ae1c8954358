import { inputType, type Operator } from "./operator.ts";
import { checkReshape } from "./reshaping.ts";

export const identity: Operator = {
  op: "Identity",
  check: (context) => checkReshape(context, inputType(context, 0).shape),
};
