/**
 * What Softmax and LogSoftmax share. With m the largest x of a row, each line one rounding and one table:
 *
 *     e_i = exp(x_i - m)        L = ln(sum of e_i)        log softmax_i = x_i - m - L        softmax_i = exp(x_i - m - L)
 *
 * Every line is a function of integers that stand before it, so one input has one output.
 */
import type { Activation } from "../activation.ts";
import { exp, logarithm } from "../math.ts";
import type { Part } from "../program.ts";
import { forEachIndex, sizeOf, stridesOf, tensor } from "../tensor.ts";
import {
  axisOf,
  inputType,
  intAttribute,
  type Meaning,
  type NodeContext,
  type Planner,
  type PlanOutput,
  tensorInput,
} from "./operator.ts";
import { emitRowLargest, emitRowSum, expandedRows } from "./row-steps.ts";
import { emitWithAxesLast, type Rows } from "./rows.ts";
import { emitLinear, scaled } from "./steps.ts";

/** exp of differences to a maximum, which never exceed 0. */
const DECAY: Activation = { name: "function", f: "decay", a: 0, b: 0 };

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
export function emitExponentials(planner: Planner, rows: Rows, output: PlanOutput, ofLogarithm: boolean): void {
  const { shifted, logarithm } = emitShiftedLogarithm(planner, rows, output.name);
  const parts = [...shifted, scaled(expandedRows(planner, logarithm, rows), -1)];
  if (ofLogarithm) emitLinear(planner, output, { parts, fine: "inputs" });
  else emitLinear(planner, output, { parts, activation: DECAY, fine: "all", isNeverPositive: true });
}

/** The largest m of each row and ln(sum of exp(x_i - m)), both [1, rows, 1]; `shifted` is x_i - m. */
export function emitShiftedLogarithm(
  planner: Planner,
  rows: Rows,
  label: string,
): { readonly largest: string; readonly logarithm: string; readonly shifted: readonly Part[] } {
  const largest = planner.fresh(`${label} largest`);
  emitRowLargest(planner, rows, largest);
  const shifted = [scaled(rows.name, 1), scaled(expandedRows(planner, largest, rows), -1)];
  const powers = { name: planner.fresh(`${label} powers`), shape: rows.shape };
  emitLinear(planner, powers, { parts: shifted, activation: DECAY, fine: "all", isNeverPositive: true });
  const sum = planner.fresh(`${label} logarithm`);
  emitRowSum(planner, powers, sum, { activation: { name: "function", f: "logFromOne", a: 0, b: 0 }, fine: "all" });
  return { largest, logarithm: sum, shifted };
}
