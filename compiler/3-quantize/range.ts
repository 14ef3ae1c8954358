/** Real numbers from lo to hi. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
}

export function rangeOf(data: Float64Array): Range {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return { lo, hi };
}

export function joinRanges(a: Range | undefined, b: Range): Range {
  return a ? { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) } : b;
}
