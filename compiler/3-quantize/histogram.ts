/** How the values of a tensor are distributed over its range, and where the range may be cut. */
import type { Range } from "./range.ts";

const BINS = 2048;

export interface Histogram {
  readonly range: Range;
  /** Values in each of equally wide bins, from range.lo on. */
  readonly counts: Float64Array;
}

export function emptyHistogram(range: Range): Histogram {
  return { range, counts: new Float64Array(BINS) };
}

/** Values outside the range, and infinite ones, are left out. */
export function countValues({ range, counts }: Histogram, data: Float64Array): void {
  const { lo, hi } = range;
  const perUnit = hi > lo ? BINS / (hi - lo) : 0;
  for (const value of data) {
    if (value >= lo && value <= hi) counts[Math.min(BINS - 1, Math.floor((value - lo) * perUnit))]++;
  }
}

/**
 * The values without the rarest at each end: `percentile` percent of all lie in the range, and half of the others on each side of it. Ends
 * are those of bins, and never beyond the range.
 */
export function percentileRange({ range, counts }: Histogram, percentile: number): Range {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const cut = (total * (1 - percentile / 100)) / 2;
  const width = (range.hi - range.lo) / BINS;
  let [first, below] = [0, 0];
  while (first < BINS - 1 && below + counts[first] <= cut) below += counts[first++];
  let [last, above] = [BINS - 1, 0];
  while (last > first && above + counts[last] <= cut) above += counts[last--];
  return {
    lo: first === 0 ? range.lo : range.lo + first * width,
    hi: last === BINS - 1 ? range.hi : range.lo + (last + 1) * width,
  };
}

/** Shares of the range that are tried: below a quarter, cut values outweigh everything. */
const SHARES = Array.from({ length: 76 }, (_, i) => 1 - i / 100);

/**
 * The range, shrunk towards zero, that leaves the least mean square error: step^2 / 12 of rounding inside, the squared distance
 * outside. `stepOf` is the real value of one integer unit when a range gets all integers.
 */
export function meanSquareRange({ range, counts }: Histogram, stepOf: (range: Range) => number): Range {
  const width = (range.hi - range.lo) / BINS;
  let best = range;
  let least = Number.POSITIVE_INFINITY;
  for (const share of SHARES) {
    const tried = { lo: range.lo * share, hi: range.hi * share };
    const rounding = stepOf(tried) ** 2 / 12;
    let error = 0;
    for (let bin = 0; bin < BINS; bin++) {
      if (counts[bin] === 0) continue;
      const value = range.lo + (bin + 0.5) * width;
      const outside = Math.max(0, tried.lo - value, value - tried.hi);
      error += counts[bin] * (outside > 0 ? outside * outside : rounding);
    }
    if (error < least) [least, best] = [error, tried];
  }
  return best;
}
