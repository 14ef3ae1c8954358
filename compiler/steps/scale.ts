/** Element by element multiplication with constants: what it adds to the accumulator. */
import type { ScalePart } from "../program.ts";
import { broadcastStrides, forEachIndex } from "../tensor.ts";

export function accumulateScale(acc: Float64Array, part: ScalePart, x: Float64Array, shape: readonly number[]): void {
  if (part.factors.length === 1) {
    const factor = part.factors[0];
    for (let i = 0; i < acc.length; i++) acc[i] += factor * x[i];
    return;
  }
  forEachIndex(shape, broadcastStrides(part.shape, shape), (position, offset) => {
    acc[position] += part.factors[offset] * x[position];
  });
}
