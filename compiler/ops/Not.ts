import { inputType, type Operator } from "./operator.ts";
import { emitActivation, IS_ZERO } from "./steps.ts";

export const not: Operator = {
  op: "Not",
  takes: "as ONNX defines it",
  check: (context) => ({
    outputs: [inputType(context, 0)],
    float: ([x]) => [{ ...x, data: x.data.map((value) => (value === 0 ? 1 : 0)) }],
    plan: (planner) => emitActivation(planner, IS_ZERO),
  }),
};
