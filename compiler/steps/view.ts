/** The same numbers under other indices. */
import type { ViewChange } from "../program.ts";
import { broadcastStrides, forEachIndex, gather, sizeOf, stridesOf } from "../tensor.ts";

export interface Shaped {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export function applyView(change: ViewChange, inputs: readonly Shaped[], shape: readonly number[]): Float64Array {
  const [x] = inputs;
  const strides = stridesOf(x.shape);
  switch (change.name) {
    case "reshape":
      return x.data;
    case "transpose":
      return gather(
        x.data,
        shape,
        change.permutation.map((axis) => strides[axis]),
      );
    case "slice":
      return slice(x, shape, change);
    case "expand":
      return gather(x.data, shape, broadcastStrides(x.shape, shape));
    case "concat":
      return concat(inputs, shape, change.axis);
    case "pick":
      return Float64Array.from(change.positions, (position) => (position < 0 ? 0 : x.data[position]));
  }
}

function concat(inputs: readonly Shaped[], shape: readonly number[], axis: number): Float64Array {
  const out = new Float64Array(sizeOf(shape));
  const strides = stridesOf(shape);
  let start = 0;
  for (const input of inputs) {
    const base = start * strides[axis];
    forEachIndex(input.shape, strides, (position, offset) => {
      out[base + offset] = input.data[position];
    });
    start += input.shape[axis];
  }
  return out;
}

function slice(x: Shaped, shape: readonly number[], change: Extract<ViewChange, { name: "slice" }>): Float64Array {
  const { axis, start, step } = change;
  const strides = stridesOf(x.shape);
  const inner = strides[axis];
  const steps = strides.map((stride, i) => (i === axis ? stride * step : stride));
  const out = new Float64Array(sizeOf(shape));
  forEachIndex(shape, steps, (position, offset) => {
    const index = start + step * (Math.floor(position / inner) % shape[axis]);
    if (index >= 0 && index < x.shape[axis]) out[position] = x.data[start * inner + offset];
  });
  return out;
}
