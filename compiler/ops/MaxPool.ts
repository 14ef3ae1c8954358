import { maxPool as floatMaxPool } from "../steps/max-pool.ts";
import { validCounts } from "../steps/pool.ts";
import { tensor } from "../tensor.ts";
import { badShape, inputType, intsAttribute, type Operator, tensorInput, unsupported } from "./operator.ts";
import { referenceOf } from "./steps.ts";
import { readWindows } from "./window.ts";

export const maxPool: Operator = {
  op: "MaxPool",
  takes: "1-D and 2-D, strides, any padding, dilations; no indices",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    if (node.outputs[1])
      unsupported(node, "the indices of the largest values are an output", "use the first output only");
    const { windows } = readWindows(node, x.shape, intsAttribute(node, "kernel_shape") ?? [], true);
    if (windows.some((window) => validCounts(window).includes(0)))
      badShape(node, "a window lies in the padding altogether");
    const shape = [x.shape[0], x.shape[1], ...windows.map((window) => window.outN)];
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => [tensor(shape, floatMaxPool(input.data, windows), x.dtype)],
      plan: (planner) => {
        const { name } = tensorInput(planner, 0);
        planner.emit({
          kind: "maxPool",
          x: name,
          out: planner.outputs[0].name,
          shape,
          windows,
          nodes: [referenceOf(planner)],
        });
      },
    };
  },
};
