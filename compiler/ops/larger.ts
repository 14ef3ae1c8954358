/**
 * Elementwise largest (sign 1) or smallest (sign -1) of any number of tensors and constants, for Max and Min.
 *
 * Tensors are stacked and pooled, constants enter as max(x, c) = relu(x - c) + c.
 */
import type { Part } from "../program.ts";
import { broadcastTo, sizeOf, type Tensor } from "../tensor.ts";
import type { Meaning, NodeContext, PlanInput, Planner } from "./operator.ts";
import { broadcasted, emitLinear, emitView, RELU, referenceOf, scaled } from "./steps.ts";
import { checkVariadic } from "./variadic.ts";

type Sign = 1 | -1;

export function checkLarger(context: NodeContext, sign: Sign): Meaning {
  return checkVariadic(
    context,
    (values) => sign * values.reduce((best, value) => Math.max(best, sign * value), Number.NEGATIVE_INFINITY),
    (planner) => planLarger(planner, sign),
  );
}

function planLarger(planner: Planner, sign: Sign): void {
  const [output] = planner.outputs;
  const inputs = planner.inputs as readonly PlanInput[];
  const tensors = inputs.flatMap((input) =>
    input.kind === "tensor" ? [broadcasted(planner, input, output.shape)] : [],
  );
  const constants = inputs.flatMap((input) => (input.kind === "constant" ? [input.tensor] : []));
  const bound = constants.length > 0 ? largestConstant(constants, output.shape, sign) : undefined;
  const pooled = stackedLargest(planner, tensors, sign, bound === undefined ? output.name : planner.fresh(output.name));
  if (bound === undefined) return;
  const excess = { name: planner.fresh(`${output.name} excess`), shape: output.shape };
  const bias = { shape: output.shape, data: bound.map((value) => -sign * value) };
  emitLinear(planner, excess, { parts: [scaled(pooled, sign)], bias, activation: RELU });
  emitLinear(planner, output, { parts: [scaled(excess.name, sign)], bias: { shape: output.shape, data: bound } });
}

function largestConstant(constants: readonly Tensor[], shape: readonly number[], sign: Sign): Float64Array {
  return constants
    .map((constant) => broadcastTo(constant, shape))
    .reduce((a, b) => a.map((value, i) => sign * Math.max(sign * value, sign * b[i])));
}

/** Name of the result, `name` where it is made here. */
export function stackedLargest(planner: Planner, tensors: readonly string[], sign: Sign, name: string): string {
  const [output] = planner.outputs;
  const size = sizeOf(output.shape);
  const view = (
    inputs: readonly string[],
    shape: readonly number[],
    change: Parameters<typeof emitView>[3],
  ): string => {
    const next = { name: planner.fresh(name), shape };
    emitView(planner, inputs, next, change);
    return next.name;
  };
  const columns = tensors.map((tensor) => view([tensor], [1, size, 1], { name: "reshape" }));
  let stacked = view(columns, [1, size, columns.length], { name: "concat", axis: 2 });
  const negated = (x: string, shape: readonly number[]): string => {
    const parts: Part[] = [scaled(x, -1)];
    const next = { name: planner.fresh(name), shape };
    emitLinear(planner, next, { parts });
    return next.name;
  };
  if (sign < 0) stacked = negated(stacked, [1, size, columns.length]);
  const n = columns.length;
  let pooled = planner.fresh(name);
  planner.emit({
    kind: "maxPool",
    x: stacked,
    out: pooled,
    shape: [1, size, 1],
    windows: [{ inputN: n, outN: 1, kernel: n, stride: 1, dilation: 1, pad: 0 }],
    nodes: [referenceOf(planner)],
  });
  if (sign < 0) pooled = negated(pooled, [1, size, 1]);
  emitView(planner, [pooled], { name, shape: output.shape }, { name: "reshape" });
  return name;
}
