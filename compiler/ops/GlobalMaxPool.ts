import { checkExtremum } from "./extremum.ts";
import { inputType, type Operator } from "./operator.ts";

export const globalMaxPool: Operator = {
  op: "GlobalMaxPool",
  takes: "as ONNX defines it",
  check: (context) => {
    const { shape } = inputType(context, 0);
    return checkExtremum(context, [...shape.keys()].slice(2), true, 1);
  },
};
