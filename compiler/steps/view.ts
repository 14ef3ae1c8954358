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
    case "slice": {
      const base = change.start * strides[change.axis];
      return gather(
        x.data,
        shape,
        strides.map((stride, axis) => (axis === change.axis ? stride * change.step : stride)),
        base,
      );
    }
    case "expand":
      return gather(x.data, shape, broadcastStrides(x.shape, shape));
    case "concat":
      return concat(inputs, shape, change.axis);
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
