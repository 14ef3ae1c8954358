import { applyView } from "../steps/view.ts";
import { tensor } from "../tensor.ts";
import { badShape, inputType, intsAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitView } from "./steps.ts";

export const transpose: Operator = {
  op: "Transpose",
  takes: "as ONNX defines it",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axes = x.shape.map((_, axis) => axis);
    const permutation = intsAttribute(node, "perm") ?? [...axes].reverse();
    if ([...permutation].sort((a, b) => a - b).join() !== axes.join()) {
      badShape(node, `[${permutation}] is not a permutation of ${x.shape.length} axes`);
    }
    const shape = permutation.map((axis) => x.shape[axis]);
    const change = { name: "transpose", permutation } as const;
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => [tensor(shape, applyView(change, [input], shape), x.dtype)],
      plan: (planner) => emitView(planner, [tensorInput(planner, 0).name], planner.outputs[0], change),
    };
  },
};
