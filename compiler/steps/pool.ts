/** Sums over windows and over axes: what they add to the accumulator. */
import { outputsInside, type PoolPart, type SumPart, type Window } from "../program.ts";
import { forEachIndex, sizeOf, stridesOf } from "../tensor.ts";
import { windowPair } from "./conv.ts";

/** acc[p][h][w] += factor(count(h)·count(w)) · sum over the window of x[p] */
export function accumulatePool(acc: Float64Array, part: PoolPart, x: Float64Array): void {
  const [height, width] = windowPair(part.windows);
  const [countsH, countsW] = part.counts.length === 1 ? [[1], part.counts[0]] : part.counts;
  const planes = x.length / (height.inputN * width.inputN);
  for (let p = 0; p < planes; p++) {
    for (let h = 0; h < height.outN; h++) {
      for (let w = 0; w < width.outN; w++) {
        const sum = windowSum(x, p * height.inputN * width.inputN, height, width, h, w);
        acc[(p * height.outN + h) * width.outN + w] += sum * (part.factors.get(countsH[h] * countsW[w]) ?? Number.NaN);
      }
    }
  }
}

function windowSum(x: Float64Array, base: number, height: Window, width: Window, h: number, w: number): number {
  let sum = 0;
  for (let kh = 0; kh < height.kernel; kh++) {
    const i = height.stride * h + height.dilation * kh - height.pad;
    if (i < 0 || i >= height.inputN) continue;
    for (let kw = 0; kw < width.kernel; kw++) {
      const j = width.stride * w + width.dilation * kw - width.pad;
      if (j >= 0 && j < width.inputN) sum += x[base + i * width.inputN + j];
    }
  }
  return sum;
}

/** acc[kept axes] += factor · sum of x over the other axes */
export function accumulateSum(acc: Float64Array, part: SumPart, x: Float64Array, xShape: readonly number[]): void {
  const kept = xShape.map((n, axis) => (part.axes.includes(axis) ? 1 : n));
  const strides = stridesOf(kept).map((stride, axis) => (part.axes.includes(axis) ? 0 : stride));
  forEachIndex(xShape, strides, (position, offset) => {
    acc[offset] += part.factor * x[position];
  });
}

/** How many of a window's cells lie inside the input, for every output. */
export function validCounts(window: Window): number[] {
  const counts = new Array<number>(window.outN).fill(0);
  for (let k = 0; k < window.kernel; k++) {
    const { from, to } = outputsInside(window.stride, window.dilation * k - window.pad, 0, window.inputN, window.outN);
    for (let o = from; o < to; o++) counts[o]++;
  }
  return counts;
}

export function windowsSize(windows: readonly Window[], key: "inputN" | "outN"): number {
  return sizeOf(windows.map((window) => window[key]));
}
