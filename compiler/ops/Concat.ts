import { applyView } from "../steps/view.ts";
import { sameShape, tensor } from "../tensor.ts";
import { axisOf, badShape, inputType, intAttribute, type Operator, tensorInput } from "./operator.ts";
import { emitView } from "./steps.ts";

export const concat: Operator = {
  op: "Concat",
  check: (context) => {
    const { node } = context;
    const types = node.inputs.map((_, index) => inputType(context, index));
    const [first] = types;
    if (first === undefined) badShape(node, "there is nothing to concatenate");
    const axis = axisOf(node, intAttribute(node, "axis", 0), first.shape.length);
    const others = (shape: readonly number[]): number[] => shape.filter((_, i) => i !== axis);
    const odd = types.find(
      (type) => type.shape.length !== first.shape.length || !sameShape(others(type.shape), others(first.shape)),
    );
    if (odd) badShape(node, `shapes [${first.shape}] and [${odd.shape}] differ in more than axis ${axis}`);
    const length = types.reduce((sum, type) => sum + type.shape[axis], 0);
    const shape = first.shape.map((n, i) => (i === axis ? length : n));
    const change = { name: "concat", axis } as const;
    return {
      outputs: [{ dtype: first.dtype, shape }],
      float: (inputs) => [tensor(shape, applyView(change, inputs, shape), first.dtype)],
      plan: (planner) => {
        const names = planner.inputs.map((_, index) => tensorInput(planner, index).name);
        emitView(planner, names, planner.outputs[0], change);
      },
    };
  },
};
