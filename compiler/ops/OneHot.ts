import { forEachIndex, sizeOf, stridesOf, tensor } from "../tensor.ts";
import { countedFromStart, rangeOf } from "./counted-index.ts";
import { constantly } from "./folded.ts";
import {
  axisOf,
  inputConstant,
  inputType,
  intAttribute,
  type Operator,
  type Planner,
  tensorInput,
} from "./operator.ts";
import { emitLinear, IS_ZERO, scaled } from "./steps.ts";
import { expanded, reshaped } from "./views.ts";

/** A bit for every place, by the sign of the difference: y[.., k, ..] = off + (on - off)·[index = k]. */
export const oneHot: Operator = {
  op: "OneHot",
  takes: "constant or computed indices, any axis; computed ones stay inside the depth",
  check: (context) => {
    const indices = inputType(context, 0);
    const depth = inputConstant(context, 1, "the depth").data[0];
    const values = inputConstant(context, 2, "the pair of values");
    const axis = axisOf(context.node, intAttribute(context.node, "axis", -1), indices.shape.length + 1);
    const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
    const inner = sizeOf(shape.slice(axis + 1));
    const encode = (list: Float64Array): Float64Array => {
      const data = new Float64Array(sizeOf(shape)).fill(values.data[0]);
      forEachIndex(indices.shape, stridesOf(indices.shape), (i) => {
        const index = list[i] < 0 ? list[i] + depth : list[i];
        if (index < 0 || index >= depth) return;
        data[(Math.floor(i / inner) * depth + index) * inner + (i % inner)] = values.data[1];
      });
      return data;
    };
    const known = context.constants[0];
    if (known) return constantly(tensor(shape, encode(known.data), values.dtype));
    return {
      outputs: [{ dtype: values.dtype, shape }],
      float: ([input]) => [tensor(shape, encode(input.data), values.dtype)],
      plan: (planner) => emitOneHot(planner, axis, shape, [values.data[0], values.data[1]]),
    };
  },
};

function emitOneHot(
  planner: Planner,
  axis: number,
  shape: readonly number[],
  [off, on]: readonly [number, number],
): void {
  const indices = countedFromStart(planner, tensorInput(planner, 0), shape[axis]);
  const column = shape.map((n, i) => (i === axis ? 1 : n));
  const wide = expanded(planner, reshaped(planner, indices, column), shape);
  const places = Float64Array.from({ length: shape[axis] }, (_, place) => -place);
  const isPlain = off === 0 && on === 1;
  const bits = isPlain ? planner.outputs[0] : { name: planner.fresh(wide.name), shape };
  emitLinear(planner, bits, {
    parts: [scaled(wide.name, 1)],
    bias: { shape: shape.map((n, i) => (i === axis ? n : 1)), data: places },
    activation: IS_ZERO,
    indexRanges: [rangeOf(shape[axis])],
  });
  if (isPlain) return;
  emitLinear(planner, planner.outputs[0], {
    parts: [scaled(bits.name, on - off)],
    bias: { shape: [], data: Float64Array.of(off) },
  });
}
