/** Largest value of each window; cells outside the input do not take part. */
import type { Window } from "../program.ts";
import { windowPair } from "./conv.ts";

export function maxPool(x: Float64Array, windows: readonly Window[]): Float64Array {
  const [height, width] = windowPair(windows);
  const inSize = height.inputN * width.inputN;
  const planes = x.length / inSize;
  const out = new Float64Array(planes * height.outN * width.outN).fill(Number.NEGATIVE_INFINITY);
  for (let p = 0; p < planes; p++) {
    for (let h = 0; h < height.outN; h++) {
      for (let w = 0; w < width.outN; w++) {
        const position = (p * height.outN + h) * width.outN + w;
        for (let kh = 0; kh < height.kernel; kh++) {
          const i = height.stride * h + height.dilation * kh - height.pad;
          if (i < 0 || i >= height.inputN) continue;
          for (let kw = 0; kw < width.kernel; kw++) {
            const j = width.stride * w + width.dilation * kw - width.pad;
            if (j < 0 || j >= width.inputN) continue;
            const value = x[p * inSize + i * width.inputN + j];
            if (value > out[position]) out[position] = value;
          }
        }
      }
    }
  }
  return out;
}
