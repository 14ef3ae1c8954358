/** Blocks of an image to channels and back: a transposition between two reshapes. */
import { gather, stridesOf, tensor } from "../tensor.ts";
import { badShape, inputType, type Meaning, type NodeContext, tensorInput } from "./operator.ts";
import { finish, permuted, reshaped } from "./views.ts";

export function checkBlocks(
  context: NodeContext,
  split: readonly number[],
  permutation: readonly number[],
  shape: readonly number[],
): Meaning {
  const x = inputType(context, 0);
  if (![...split, ...shape].every((n) => Number.isInteger(n) && n > 0))
    badShape(context.node, `the block size does not divide the shape [${x.shape}]`);
  const strides = stridesOf(split);
  const moved = permutation.map((axis) => split[axis]);
  const movedStrides = permutation.map((axis) => strides[axis]);
  return {
    outputs: [{ dtype: x.dtype, shape }],
    float: ([input]) => [tensor(shape, gather(input.data, moved, movedStrides), x.dtype)],
    plan: (planner) =>
      finish(planner, permuted(planner, reshaped(planner, tensorInput(planner, 0), split), permutation)),
  };
}
