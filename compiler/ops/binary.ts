/** What Add, Sub, Mul and Div share: broadcasting shapes and float values. */
import { broadcastShapes, broadcastTo, tensor } from "../tensor.ts";
import { badShape, inputType, type Meaning, type NodeContext, type PlanInput, type Planner } from "./operator.ts";

type Combine = (a: number, b: number) => number;

export function checkBinary(
  context: NodeContext,
  combine: Combine,
  plan: (planner: Planner, a: PlanInput, b: PlanInput) => void,
): Meaning {
  const [a, b] = [inputType(context, 0), inputType(context, 1)];
  const shape = broadcastShapes(a.shape, b.shape);
  if (shape === undefined) badShape(context.node, `shapes [${a.shape}] and [${b.shape}] do not broadcast`);
  const type = { dtype: a.dtype, shape };
  return {
    outputs: [type],
    float: ([x, y]) => {
      const left = broadcastTo(x, shape);
      const right = broadcastTo(y, shape);
      return [
        tensor(
          shape,
          left.map((value, i) => combine(value, right[i])),
          a.dtype,
        ),
      ];
    },
    plan: (planner) => plan(planner, planner.inputs[0] as PlanInput, planner.inputs[1] as PlanInput),
  };
}
