/** How many values of the axis come before each one, the largest (or smallest) first, equals in their order. */
import { sizeOf } from "../tensor.ts";

export function rank(
  x: Float64Array,
  shape: readonly number[],
  { axis, ofSmallest }: { readonly axis: number; readonly ofSmallest: boolean },
): Float64Array {
  const n = shape[axis];
  const inner = sizeOf(shape.slice(axis + 1));
  const sign = ofSmallest ? -1 : 1;
  const out = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += n * inner) {
    for (let b = 0; b < inner; b++) {
      const at = (i: number): number => start + i * inner + b;
      const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => sign * (x[at(j)] - x[at(i)]) || i - j);
      order.forEach((i, position) => {
        out[at(i)] = position;
      });
    }
  }
  return out;
}
