import { broadcastShapes, broadcastTo } from "../tensor.ts";
import { badShape, inputConstant, inputType, type Operator, tensorInput } from "./operator.ts";
import { broadcasted, emitView } from "./steps.ts";

export const expand: Operator = {
  op: "Expand",
  takes: "shapes known at compile time",
  check: (context) => {
    const x = inputType(context, 0);
    const asked = [...inputConstant(context, 1, "the shape").data];
    const shape = broadcastShapes(x.shape, asked);
    if (shape === undefined) badShape(context.node, `[${x.shape}] does not broadcast to [${asked}]`);
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => [{ ...input, shape, data: broadcastTo(input, shape) }],
      plan: (planner) => {
        const name = broadcasted(planner, { kind: "tensor", ...tensorInput(planner, 0) }, shape);
        emitView(planner, [name], planner.outputs[0], { name: "reshape" });
      },
    };
  },
};
