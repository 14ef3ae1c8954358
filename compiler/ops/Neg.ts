import { inputType, type Operator, tensorInput } from "./operator.ts";
import { emitLinear, scaled } from "./steps.ts";

export const neg: Operator = {
  op: "Neg",
  takes: "as ONNX defines it",
  check: (context) => {
    const x = inputType(context, 0);
    return {
      outputs: [x],
      float: ([input]) => [{ ...input, data: input.data.map((value) => -value) }],
      plan: (planner) => emitLinear(planner, planner.outputs[0], { parts: [scaled(tensorInput(planner, 0).name, -1)] }),
    };
  },
};
