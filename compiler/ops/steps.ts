/** Steps that operators emit, with their defaults filled in. */
import type { Activation } from "../activation.ts";
import type { Bias, IndexRange, NodeReference, Part, ScalePart, ViewChange } from "../program.ts";
import { broadcastShapes, broadcastTo, sameShape } from "../tensor.ts";
import { type PlanInput, type Planner, type PlanOutput, tensorInput } from "./operator.ts";

export const NO_BIAS: Bias = { shape: [], data: new Float64Array(1) };
/** 1 for zero, 0 for any other number. */
export const IS_ZERO: Activation = { name: "function", f: "isZero", a: 0, b: 0 };
export const RELU: Activation = { name: "clip", lo: 0, hi: Number.POSITIVE_INFINITY };

export function referenceOf({ node }: Planner): NodeReference {
  return { name: node.name, op: node.op };
}

interface LinearOptions {
  readonly parts: readonly Part[];
  readonly bias?: Bias;
  readonly activation?: Activation;
  readonly fine?: "inputs" | "all";
  readonly isNeverPositive?: true;
  readonly indexRanges?: readonly IndexRange[];
}

export function emitLinear(
  planner: Planner,
  output: PlanOutput,
  { parts, bias = NO_BIAS, activation = { name: "none" }, ...hints }: LinearOptions,
): void {
  const { name, shape } = output;
  const nodes = [referenceOf(planner)];
  planner.emit({ kind: "linear", out: name, shape, nodes, parts, bias, activation, ...hints });
}

/** out = activation(x) */
export function emitActivation(planner: Planner, activation: Activation): void {
  const { name } = tensorInput(planner, 0);
  emitLinear(planner, planner.outputs[0], { parts: [scaled(name, 1)], activation });
}

export function scaled(x: string, factor: number): ScalePart {
  return { kind: "scale", x, shape: [], factors: Float64Array.of(factor) };
}

export function emitView(planner: Planner, inputs: readonly string[], output: PlanOutput, change: ViewChange): void {
  planner.emit({ kind: "view", inputs, out: output.name, shape: output.shape, nodes: [referenceOf(planner)], change });
}

export function emitReshape(planner: Planner): void {
  emitView(planner, [tensorInput(planner, 0).name], planner.outputs[0], { name: "reshape" });
}

/** Name of the tensor read in the given shape, through views where it has to be broadcast. */
export function broadcasted(
  planner: Planner,
  input: Extract<PlanInput, { kind: "tensor" }>,
  shape: readonly number[],
): string {
  let { name } = input;
  const padded = paddedShape(input.shape, shape.length);
  if (!sameShape(padded, input.shape)) {
    const reshaped = { name: planner.fresh(name), shape: padded };
    emitView(planner, [name], reshaped, { name: "reshape" });
    name = reshaped.name;
  }
  if (!sameShape(padded, shape)) {
    const expanded = { name: planner.fresh(name), shape };
    emitView(planner, [name], expanded, { name: "expand" });
    name = expanded.name;
  }
  return name;
}

export function transposed(
  planner: Planner,
  input: { readonly name: string; readonly shape: readonly number[] },
): { name: string; shape: number[] } {
  const output = { name: planner.fresh(input.name), shape: [...input.shape].reverse() };
  emitView(planner, [input.name], output, {
    name: "transpose",
    permutation: input.shape.map((_, axis) => input.shape.length - 1 - axis),
  });
  return output;
}

/** Shape with leading ones up to `rank`. */
export function paddedShape(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}

/** The sum of two biases that broadcast to one shape. */
export function addBiases(a: Bias, b: Bias): Bias {
  const shape = broadcastShapes(a.shape, b.shape) ?? [];
  const right = broadcastTo(b, shape);
  return { shape, data: broadcastTo(a, shape).map((value, i) => value + right[i]) };
}
