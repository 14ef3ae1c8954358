import { applyView } from "../steps/view.ts";
import { type Tensor, tensor } from "../tensor.ts";
import {
  axisOf,
  badShape,
  inputConstant,
  inputType,
  intAttribute,
  intsAttribute,
  type NodeContext,
  type Operator,
  tensorInput,
} from "./operator.ts";
import { emitView } from "./steps.ts";

/** Lengths are an attribute before operator set 13, an optional input since; without them the pieces are equal, the last shorter. */
export const split: Operator = {
  op: "Split",
  takes: "constant lengths",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    const axis = axisOf(node, intAttribute(node, "axis", 0), x.shape.length);
    const lengths = lengthsOf(context, x.shape[axis]);
    const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((a, b) => a + b, 0));
    const shapes = lengths.map((length) => x.shape.map((n, i) => (i === axis ? length : n)));
    const change = (index: number) => ({ name: "slice", axis, start: starts[index], step: 1 }) as const;
    return {
      outputs: shapes.map((shape) => ({ dtype: x.dtype, shape })),
      float: ([input]): Tensor[] =>
        shapes.map((shape, index) => tensor(shape, applyView(change(index), [input], shape), x.dtype)),
      plan: (planner) => {
        const { name } = tensorInput(planner, 0);
        planner.outputs.forEach((output, index) => {
          if (output.name !== "") emitView(planner, [name], output, change(index));
        });
      },
    };
  },
};

function lengthsOf(context: NodeContext, n: number): number[] {
  const { node, types } = context;
  const given =
    types[1] === undefined ? intsAttribute(node, "split") : [...inputConstant(context, 1, "the list of lengths").data];
  const count = node.outputs.length;
  const each = Math.ceil(n / count);
  const lengths = given ?? Array.from({ length: count }, (_, index) => Math.min(each, n - index * each));
  if (lengths.length !== count || lengths.some((length) => length < 1) || lengths.reduce((a, b) => a + b, 0) !== n)
    badShape(node, `lengths [${lengths}] do not split an axis of ${n} into ${count}`);
  return [...lengths];
}
