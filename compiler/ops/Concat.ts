import { makesIndices, type Part } from "../program.ts";
import { applyView } from "../steps/view.ts";
import { sameShape, sizeOf, tensor } from "../tensor.ts";
import {
  axisOf,
  badShape,
  inputType,
  intAttribute,
  type Operator,
  type PlanInput,
  type Planner,
  tensorInput,
} from "./operator.ts";
import { emitLinear, emitView, scaled } from "./steps.ts";
import { type Named, sliced } from "./views.ts";

export const concat: Operator = {
  op: "Concat",
  takes: "any axis; constants among the tensors cost a row per element",
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
        if (planner.inputs.some((input) => input?.kind === "constant")) return planWithConstants(planner, axis);
        const parts = planner.inputs.map((_, index) => tensorInput(planner, index));
        const isWhole = parts.map(({ name }) => isLookedUp(planner, name));
        const isMixed = isWhole.includes(true) && isWhole.includes(false);
        const names = parts.map((part, i) => (isMixed && isWhole[i] ? copied(planner, part) : part.name));
        emitView(planner, names, planner.outputs[0], change);
      },
    };
  },
};

/** Whole numbers that were looked up or chosen, which keep scale 1. */
function isLookedUp(planner: Planner, name: string): boolean {
  const step = planner.producer(name);
  if (step?.kind === "view") return step.inputs.every((input) => isLookedUp(planner, input));
  if (step?.kind === "gather") return step.source.kind === "constants" && step.source.values.every(Number.isInteger);
  return makesIndices(step);
}

/** Name of the tensor in a scale of its own, so that real numbers beside it keep theirs. */
function copied(planner: Planner, { name, shape }: Named): string {
  const copy = { name: planner.fresh(name), shape };
  emitLinear(planner, copy, { parts: [scaled(name, 1)] });
  return copy.name;
}

/** Every tensor in its place among zeros, and the constants as the bias of their sum. */
function planWithConstants(planner: Planner, axis: number): void {
  const [output] = planner.outputs;
  const parts: Part[] = [];
  const constants: { shape: readonly number[]; data: Float64Array }[] = [];
  let start = 0;
  for (const input of planner.inputs as readonly PlanInput[]) {
    const { shape } = input;
    if (input.kind === "tensor") {
      const placed = sliced(planner, input, axis, -start, 1, output.shape[axis]);
      parts.push(scaled(placed.name, 1));
    }
    const data = input.kind === "constant" ? input.tensor.data : new Float64Array(sizeOf(shape));
    constants.push({ shape, data });
    start += shape[axis];
  }
  const data = applyView({ name: "concat", axis }, constants, output.shape);
  emitLinear(planner, output, { parts, bias: { shape: output.shape, data } });
}
