/** Index of the largest value (or the smallest) along an axis, or what stands for the index. */
import { sizeOf } from "../tensor.ts";

export interface Choice {
  readonly axis: number;
  readonly lastOfEquals: boolean;
  readonly ofSmallest: boolean;
  readonly values?: readonly number[];
}

export function argMax(x: Float64Array, shape: readonly number[], choice: Choice): Float64Array {
  const { axis, lastOfEquals } = choice;
  const sign = choice.ofSmallest ? -1 : 1;
  const n = shape[axis];
  const inner = sizeOf(shape.slice(axis + 1));
  const outer = sizeOf(shape.slice(0, axis));
  const out = new Float64Array(outer * inner);
  for (let a = 0; a < outer; a++) {
    for (let b = 0; b < inner; b++) {
      let best = 0;
      for (let i = 1; i < n; i++) {
        const value = sign * x[(a * n + i) * inner + b];
        const record = sign * x[(a * n + best) * inner + b];
        if (value > record || (lastOfEquals && value === record)) best = i;
      }
      out[a * inner + b] = choice.values?.[best] ?? best;
    }
  }
  return out;
}
