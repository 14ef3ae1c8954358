import { tensor } from "../../tensor.ts";
import { floatAttribute, inputType, type Operator, tensorInput } from "../operator.ts";
import { emitLinear, scaled } from "../steps.ts";

/** 1 where x is above the threshold, else 0. */
export const binarizer: Operator = {
  op: "Binarizer",
  takes: "as ONNX defines it",
  check: (context) => {
    const { shape } = inputType(context, 0);
    const threshold = floatAttribute(context.node, "threshold", 0);
    return {
      outputs: [{ dtype: "float32", shape }],
      float: ([x]) => [
        tensor(
          shape,
          x.data.map((value) => (value > threshold ? 1 : 0)),
        ),
      ],
      plan: (planner) =>
        emitLinear(planner, planner.outputs[0], {
          parts: [scaled(tensorInput(planner, 0).name, 1)],
          bias: { shape: [], data: Float64Array.of(-threshold) },
          activation: { name: "function", f: "isPositive", a: 0, b: 0 },
        }),
    };
  },
};
