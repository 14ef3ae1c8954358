/** Products of two tensors: what they add to the accumulator, and the least and most they can add. */
import type { ProductPart } from "../program.ts";

interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Rows, columns and inner length of each matrix product; one number each for products by element. */
export function productSizes(part: ProductPart, xShape: readonly number[], yShape: readonly number[]): Sizes {
  if (!part.contracts) return { m: 1, n: 1, k: 1 };
  const [m, k] = xShape.slice(-2);
  return { m, n: yShape[yShape.length - 2], k };
}

/** visit(output, index in x, index in y) for every product of two numbers. */
function forEachProduct({ m, n, k }: Sizes, size: number, visit: (out: number, x: number, y: number) => void): void {
  for (let out = 0; out < size; out++) {
    const [row, column] = [Math.floor(out / n), out % n];
    const batch = Math.floor(row / m);
    for (let i = 0; i < k; i++) visit(out, row * k + i, (batch * n + column) * k + i);
  }
}

export function accumulateProduct(
  acc: Float64Array,
  part: ProductPart,
  sizes: Sizes,
  x: Float64Array,
  y: Float64Array,
): void {
  forEachProduct(sizes, acc.length, (out, i, j) => {
    acc[out] += part.factor * x[i] * y[j];
  });
}

interface Interval {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

export function boundProduct(acc: Interval, part: ProductPart, sizes: Sizes, x: Interval, y: Interval): void {
  const isSame = part.x === part.y;
  forEachProduct(sizes, acc.lo.length, (out, i, j) => {
    const corners = [x.lo[i] * y.lo[j], x.lo[i] * y.hi[j], x.hi[i] * y.lo[j], x.hi[i] * y.hi[j]];
    if (isSame && i === j) corners.splice(1, 2, x.lo[i] <= 0 && x.hi[i] >= 0 ? 0 : corners[0]);
    const ends = [part.factor * Math.min(...corners), part.factor * Math.max(...corners)];
    acc.lo[out] += Math.min(...ends);
    acc.hi[out] += Math.max(...ends);
  });
}
