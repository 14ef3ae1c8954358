/** Pearson's chi-square statistics over equally likely bins; both have `BINS - 1` degrees of freedom. */

export const BINS = 8;

/**
 * Exceeded by chance with probability 10^-7 at 7 degrees of freedom. Masks and challenges of the suite are seeded, so a run that passed
 * passes again: the probability of a false alarm is 0 until a change draws other words, and then about 10^-4 once, for all statistics.
 */
export const CRITICAL = 45.6;

/** Bins of a word below `bound`, by its low bits and by its size. */
export function binsOf(word: bigint, bound: bigint): readonly number[] {
  return [Number(word % BigInt(BINS)), Number((word * BigInt(BINS)) / bound)];
}

const counts = (bins: readonly number[]): number[] =>
  Array.from({ length: BINS }, (_, bin) => bins.filter((item) => item === bin).length);

/** How far the sample is from uniform. */
export function fromUniform(bins: readonly number[]): number {
  const expected = bins.length / BINS;
  return counts(bins).reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** How far two samples of one size are from having one distribution. */
export function betweenSamples(a: readonly number[], b: readonly number[]): number {
  const other = counts(b);
  return counts(a).reduce((sum, count, bin) => {
    const total = count + other[bin];
    return total === 0 ? sum : sum + (count - other[bin]) ** 2 / total;
  }, 0);
}
