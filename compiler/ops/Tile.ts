import { broadcastTo, tensor } from "../tensor.ts";
import { badShape, inputConstant, inputType, type Operator, tensorInput } from "./operator.ts";
import { expanded, finish, reshaped } from "./views.ts";

export const tile: Operator = {
  op: "Tile",
  takes: "constant repeats",
  check: (context) => {
    const x = inputType(context, 0);
    const repeats = [...inputConstant(context, 1, "the list of repeats").data];
    if (repeats.length !== x.shape.length || repeats.some((n) => n < 1))
      badShape(context.node, `repeats [${repeats}] do not fit the shape [${x.shape}]`);
    const shape = x.shape.map((n, axis) => n * repeats[axis]);
    const before = x.shape.flatMap((n) => [1, n]);
    const after = x.shape.flatMap((n, axis) => [repeats[axis], n]);
    return {
      outputs: [{ dtype: x.dtype, shape }],
      float: ([input]) => [tensor(shape, broadcastTo({ shape: before, data: input.data }, after), x.dtype)],
      plan: (planner) => finish(planner, expanded(planner, reshaped(planner, tensorInput(planner, 0), before), after)),
    };
  },
};
