/**
 * What Softmax and LogSoftmax share. With m the largest x of a row, each line one rounding and one table:
 *
 *     e_i = exp(x_i - m)        L = ln(sum of e_i)        log softmax_i = x_i - m - L        softmax_i = exp(x_i - m - L)
 *
 * Every line is a function of integers that stand before it, so one input has one output.
 */
import { exp, logarithm } from "../math.ts";
import { forEachIndex, sizeOf, stridesOf, tensor } from "../tensor.ts";
import {
  axisOf,
  inputType,
  intAttribute,
  type Meaning,
  type NodeContext,
  type Planner,
  tensorInput,
} from "./operator.ts";
import { emitWithAxesLast, type Rows } from "./rows.ts";
import { emitLinear, emitView, referenceOf, scaled } from "./steps.ts";

/** Until opset 12 all axes from `axis` on are one. */
export function checkExponentials(context: NodeContext, ofLogarithm: boolean): Meaning {
  const { node, opset } = context;
  const x = inputType(context, 0);
  const rank = x.shape.length;
  const axis = axisOf(node, intAttribute(node, "axis", opset < 13 ? 1 : -1), rank);
  const axes = opset < 13 ? x.shape.map((_, i) => i).slice(axis) : [axis];
  return {
    outputs: [x],
    float: ([input]) => [tensor(x.shape, floatExponentials(input.data, x.shape, axes, ofLogarithm), x.dtype)],
    plan: (planner) =>
      emitWithAxesLast(planner, tensorInput(planner, 0), planner.outputs[0], axes, (rows, output) =>
        emitExponentials(planner, rows, output, ofLogarithm),
      ),
  };
}

function floatExponentials(
  x: Float64Array,
  shape: readonly number[],
  axes: readonly number[],
  ofLogarithm: boolean,
): Float64Array {
  const kept = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const strides = stridesOf(kept).map((stride, axis) => (axes.includes(axis) ? 0 : stride));
  const largest = new Float64Array(sizeOf(kept)).fill(Number.NEGATIVE_INFINITY);
  const sums = new Float64Array(sizeOf(kept));
  const out = new Float64Array(x.length);
  forEachIndex(shape, strides, (position, row) => {
    largest[row] = Math.max(largest[row], x[position]);
  });
  forEachIndex(shape, strides, (position, row) => {
    sums[row] += exp(x[position] - largest[row]);
  });
  forEachIndex(shape, strides, (position, row) => {
    const difference = x[position] - largest[row];
    out[position] = ofLogarithm ? difference - logarithm(sums[row]) : exp(difference) / sums[row];
  });
  return out;
}

/** [1, rows, n] to the same shape. */
function emitExponentials(
  planner: Planner,
  { name: x, shape }: Rows,
  output: { readonly name: string; readonly shape: readonly number[] },
  ofLogarithm: boolean,
): void {
  const [, rows, n] = shape;
  const power = { name: "function", f: "decay", a: 0, b: 0 } as const;
  const perRow = (label: string): { name: string; shape: number[] } => ({
    name: planner.fresh(`${output.name} ${label}`),
    shape: [1, rows, 1],
  });
  const expanded = (name: string): string => {
    const wide = { name: planner.fresh(name), shape };
    emitView(planner, [name], wide, { name: "expand" });
    return wide.name;
  };
  const largest = perRow("largest");
  const window = { inputN: n, outN: 1, kernel: n, stride: 1, dilation: 1, pad: 0 };
  planner.emit({
    kind: "maxPool",
    x,
    out: largest.name,
    shape: largest.shape,
    windows: [window],
    nodes: [referenceOf(planner)],
  });
  const shifted = [scaled(x, 1), scaled(expanded(largest.name), -1)];
  const powers = { name: planner.fresh(`${output.name} powers`), shape };
  emitLinear(planner, powers, { parts: shifted, activation: power, fine: "all", isNeverPositive: true });
  const logarithm = perRow("logarithm");
  emitLinear(planner, logarithm, {
    parts: [{ kind: "sum", x: powers.name, axes: [2], factor: 1 }],
    activation: { name: "function", f: "logFromOne", a: 0, b: 0 },
    fine: "all",
  });
  emitLinear(planner, output, {
    parts: [...shifted, scaled(expanded(logarithm.name), -1)],
    activation: ofLogarithm ? { name: "none" } : power,
    fine: "all",
    isNeverPositive: true,
  });
}
