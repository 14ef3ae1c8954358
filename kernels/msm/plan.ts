/** How scalars are cut into windows of signed digits. */

export interface Windows {
  readonly count: number;
  /** Bits of a window; the last takes what is left. */
  readonly bits: number;
  /** Largest |digit| + 1 of each window. */
  readonly keys: readonly number[];
}

/** Scalars leave the field as integers up to r/2·(1 + 2^-29) < 2^252.7 in absolute value. */
const SCALAR_BITS = 253;
const MAX_WINDOW_BITS = 16;
const INT16_MAX = 32767;

/**
 * Costs in units of one batched addition (120 ns), fitted to CPU times of lengths 2^10 to 2^18 with windows of 6 to 16 bits:
 * the best windows found were 8 bits at 2^10, 10 at 2^12, 12 at 2^14, 14 at 2^16, 16 at 2^18.
 *
 * n entries in b buckets take n - b additions. Few buckets are then summed by complete additions; many by two levels of
 * batched ones, 2b in all, and a constant number of complete ones.
 */
const DIRECT_BUCKET_COST = 4.6;
const SPLIT_BUCKET_COST = 1.1;
/**
 * Of a bucket that rows of multiples share. Windows of 12 and 13 bits take the same time at 2^12, of 14 and 15 at 2^14, of 15 and
 * 16 at 2^16; this picks the smaller ones, which take less memory.
 */
const SHARED_BUCKET_COST = 2.2;
/** Empty buckets are visited too. */
const VISIT_COST = 0.15;
const SPLIT_COST = 800;
const WINDOW_COST = 500;

/** Up to this many buckets are summed directly. */
export const DIRECT_BUCKETS = 256;

/** Windows for full scalars, chosen by how many there are. */
export function fullWindows(length: number): Windows {
  return cheapest(length, 4, scalarWindows);
}

/** Batched additions that a sum of so many full scalars is worth. */
export function scalarAdditions(length: number): number {
  return cost(fullWindows(length), length);
}

/** Windows of full scalars that rows of multiples share: window w is summed with the multiples of row w mod `rows`. */
export interface MultiplesPlan {
  readonly windows: Windows;
  readonly rows: number;
}

/** From this length on, half of the rows save most of the time for half of the memory. */
const LEAST_SHARED_LENGTH = 2 ** 10;

/** Multiples for sums of so many full scalars. */
export function multiplesPlan(length: number): MultiplesPlan {
  const groups = length < LEAST_SHARED_LENGTH ? 1 : 2;
  const windows = cheapest(
    length,
    4,
    (bits) => scalarWindows(bits),
    (windows) => multiplesCost({ windows, rows: Math.ceil(windows.count / groups) }, length),
  );
  return { windows, rows: Math.ceil(windows.count / groups) };
}

/** Batched additions that a sum of so many full scalars is worth by multiples. */
export function multiplesCost({ windows, rows }: MultiplesPlan, length: number): number {
  const groups = Math.ceil(windows.count / rows);
  const buckets = 2 ** (windows.bits - 1) + 1;
  return windows.count * length + groups * (WINDOW_COST + SPLIT_COST + SHARED_BUCKET_COST * buckets);
}

/** Whether so many scalars are summed faster by multiples. */
export function multiplesPay(plan: MultiplesPlan, length: number): boolean {
  return length > 0 && multiplesCost(plan, length) < scalarAdditions(length);
}

/** Windows of the given size for full scalars. */
export function scalarWindows(bits: number): Windows {
  const count = Math.ceil((SCALAR_BITS + 1) / bits);
  return windows(count, bits, 2 ** topBits(count, bits) + 1);
}

/** Windows for integers up to `magnitude` in absolute value. */
export function intWindows(length: number, magnitude: number): Windows {
  const single = windows(1, MAX_WINDOW_BITS, magnitude + 1);
  const several = cheapest(length, 2, (bits) => {
    let [count, rest] = [1, magnitude];
    while (rest > INT16_MAX || (count === 1 && rest >= 2 ** bits)) {
      rest = Math.floor((rest + 2 ** (bits - 1)) / 2 ** bits);
      count++;
    }
    return windows(count, bits, rest + 1);
  });
  return magnitude <= INT16_MAX && cost(single, length) <= cost(several, length) ? single : several;
}

/**
 * log2 of the bias of the last window of full scalars. Its digit is |s|/2^(bits·(count - 1)) rounded, and so at most 2^topBits:
 * the quotient is below 0.82·2^topBits.
 */
export function topBits(count: number, bits: number): number {
  return SCALAR_BITS - bits * (count - 1);
}

function windows(count: number, bits: number, topKeys: number): Windows {
  const keys = new Array<number>(count).fill(2 ** (bits - 1) + 1);
  keys[count - 1] = topKeys;
  return { count, bits, keys };
}

function cost({ keys }: Windows, length: number): number {
  return keys.reduce((sum, buckets) => {
    const summed = buckets <= DIRECT_BUCKETS ? DIRECT_BUCKET_COST * buckets : splitCost(buckets, length);
    return sum + length + summed + WINDOW_COST;
  }, 0);
}

/** Of summing buckets that hold so many entries, by two levels. */
function splitCost(buckets: number, entries: number): number {
  return SPLIT_BUCKET_COST * Math.min(buckets, entries) + VISIT_COST * buckets + SPLIT_COST;
}

function cheapest(
  length: number,
  leastBits: number,
  make: (bits: number) => Windows,
  costOf: (windows: Windows) => number = (windows) => cost(windows, length),
): Windows {
  let best = make(leastBits);
  for (let bits = leastBits + 1; bits <= MAX_WINDOW_BITS; bits++) {
    const other = make(bits);
    if (costOf(other) < costOf(best)) best = other;
  }
  return best;
}
