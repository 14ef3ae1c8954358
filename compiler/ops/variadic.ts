/** Operators of any number of inputs that broadcast: Sum, Mean. */
import type { Part } from "../program.ts";
import { broadcastShapes, broadcastTo, sizeOf, tensor } from "../tensor.ts";
import { badShape, inputType, type Meaning, type NodeContext, type Planner } from "./operator.ts";
import { addBiases, broadcasted, emitLinear, NO_BIAS, scaled } from "./steps.ts";

export function checkVariadic(
  context: NodeContext,
  combine: (values: readonly number[]) => number,
  plan: (planner: Planner) => void,
): Meaning {
  const { node } = context;
  const types = node.inputs.map((_, index) => inputType(context, index));
  if (types.length === 0) badShape(node, "there is no input");
  const shape = types.reduce<readonly number[]>((joined, type) => {
    const next = broadcastShapes(joined, type.shape);
    if (next === undefined) badShape(node, `shapes [${joined}] and [${type.shape}] do not broadcast`);
    return next;
  }, []);
  const { dtype } = types[0];
  return {
    outputs: [{ dtype, shape }],
    float: (inputs) => {
      const values = inputs.map((input) => broadcastTo(input, shape));
      const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => combine(values.map((value) => value[i])));
      return [tensor(shape, data, dtype)];
    },
    plan,
  };
}

/** factor · the sum of all inputs */
export function emitTotal(planner: Planner, factor: number): void {
  const [output] = planner.outputs;
  const parts: Part[] = [];
  let bias = NO_BIAS;
  for (const input of planner.inputs) {
    if (input?.kind === "tensor") parts.push(scaled(broadcasted(planner, input, output.shape), factor));
    else if (input) {
      const data = input.tensor.data.map((value) => factor * value);
      bias = addBiases(bias, { shape: input.shape, data });
    }
  }
  emitLinear(planner, output, { parts, bias });
}
