/**
 * Multi-scalar multiplication: sum_i s_i·P_i by signed windows and buckets (Pippenger).
 *
 *     s_i = sum_w d_iw·2^(c·w),  |d_iw| <= 2^(c-1)
 *     sum = sum_w 2^(c·w)·(sum_k k·B_wk),  B_wk = sum of ±P_i with |d_iw| = k
 *
 * A task is one window, or a range of its buckets; it leaves its sums in memory, and the caller puts them together.
 * Source: D. Bernstein, J. Doumen, T. Lange, J.-J. Oosterwijk, "Faster batch forgery identification" (2012), section 4, for
 * the method; batched affine additions as in gnark-crypto.
 */

import { chunkEntries, SPLIT_BITS, workspaceBytes } from "../emit/curve/buckets.ts";
import { PROJECTIVE_BYTES } from "../emit/curve/projective.ts";
import { unsignedDigits } from "../emit/curve/tables.ts";
import { BLOCK, BLOCK_BYTES } from "../emit/field.ts";
import type { Point } from "../engine.ts";
import type { KernelHost } from "../host.ts";
import type { Windows } from "./plan.ts";
import { DIRECT_BUCKETS, fullWindows, intWindows, topBits } from "./plan.ts";
import type { MemoryPoints } from "./points.ts";
import { scoped, splitBlocks } from "./points.ts";
import { hornerPoint, type WindowSum } from "./sums.ts";

const INT_BITS = 32;
/** Digits of full scalars are made for half of the windows at a time: all at once, they take more than the buckets do. */
const DIGIT_PARTS = 2;

/** Digits of all windows, window after window. */
export interface Digits {
  readonly address: number;
  readonly rowBytes: number;
}

/** Digits first <= |d| < last of one window. */
interface Part {
  readonly window: number;
  readonly first: number;
  readonly last: number;
}

/** sum_i scalars[i]·points[i] for `count` scalars in blocks at `scalars`. */
export function msmScalars(host: KernelHost, points: MemoryPoints, scalars: number, count: number): Point {
  if (count === 0) return null;
  const windows = fullWindows(count);
  const half = Math.ceil(windows.count / DIGIT_PARTS);
  return scoped(host, () => {
    const sums: WindowSum[] = [];
    for (let first = 0; first < windows.count; first += half) {
      const keys = windows.keys.slice(first, first + half);
      const parts = wholeWindows(keys, host.threads);
      const ofParts = allocateSums(host, parts, first);
      scoped(host, () => {
        const digits = scalarDigits(host, scalars, count, windows, first, keys.length);
        sumParts(host, points, count, digits, parts, ofParts);
      });
      sums.push(...ofParts);
    }
    return hornerPoint(host, sums, windows.bits);
  });
}

/** sum_i ints[i]·points[i] for `count` int32 at `ints`. */
export function msmInts(host: KernelHost, points: MemoryPoints, ints: number, count: number): Point {
  const magnitude = largestMagnitude(host.i32().subarray(ints >>> 2, (ints >>> 2) + count));
  if (magnitude === 0) return null;
  return scoped(host, () => {
    const windows = intWindows(count, magnitude);
    const digits = intDigits(host, ints, count, windows);
    const { keys, bits } = windows;
    const parts = host.threads === 1 ? wholeWindows(keys, 1) : balancedParts(host, digits, count, keys);
    const sums = allocateSums(host, parts);
    sumParts(host, points, count, digits, parts, sums);
    return hornerPoint(host, sums, bits);
  });
}

/** Most bytes of the stack that a sum of `count` full scalars takes, or of 32-bit integers of any size. */
export function msmScratchBytes(count: number, threads: number, scalars: "full" | "ints"): number {
  if (scalars === "full") return scratchBytes(fullWindows(count), DIGIT_PARTS, count, threads);
  const choices = Array.from({ length: INT_BITS - 1 }, (_, bits) => intWindows(count, 2 ** (bits + 1) - 1));
  return Math.max(...choices.map((windows) => scratchBytes(windows, 1, count, threads)));
}

function scratchBytes({ keys }: Windows, digitParts: number, count: number, threads: number): number {
  const buckets = Math.max(...keys) - 1;
  return (
    digitsBytes(count, Math.ceil(keys.length / digitParts)) +
    threads * workspaceBytes(buckets, Math.max(count, buckets), chunkEntries(count)) +
    PROJECTIVE_BYTES * keys.length * threads
  );
}

/** Digits of integers, on the vector stack. */
export function intDigits(host: KernelHost, ints: number, count: number, windows: Windows): Digits {
  const digits = allocateDigits(host, count, windows.count);
  const tasks = splitBlocks(Math.ceil(count / BLOCK), host.threads).map(([from, blocks]) => [
    ints + 4 * BLOCK * from,
    Math.min(blocks * BLOCK, count - from * BLOCK),
    windows.count,
    windows.bits,
    digits.address + 2 * BLOCK * from,
    digits.rowBytes,
  ]);
  host.run("g1IntDigitsTask", tasks);
  return digits;
}

/** Digits of full scalars for some of the windows, on the vector stack. */
export function scalarDigits(
  host: KernelHost,
  scalars: number,
  count: number,
  windows: Windows,
  first = 0,
  length = windows.count,
): Digits {
  const digits = allocateDigits(host, count, length);
  const top = topBits(windows.count, windows.bits);
  let bias = 2n ** BigInt(top + windows.bits * (windows.count - 1));
  for (let w = 0; w < windows.count - 1; w++) bias += 2n ** BigInt(windows.bits * w + windows.bits - 1);
  const biasAddress = host.allocate(64);
  new BigInt64Array(host.u8().buffer).set(unsignedDigits(bias), biasAddress / 8);
  const tasks = splitBlocks(Math.ceil(count / BLOCK), host.threads).map(([from, blocks]) => [
    scalars + from * BLOCK_BYTES,
    blocks,
    biasAddress,
    length,
    windows.bits,
    first + length === windows.count ? 2 ** top : 2 ** (windows.bits - 1),
    digits.address + 2 * BLOCK * from,
    digits.rowBytes,
    first * windows.bits,
  ]);
  host.run("g1ScalarDigitsTask", tasks);
  return digits;
}

/** Bytes of the digits of `windows` windows. */
export function digitsBytes(count: number, windows: number): number {
  return 2 * Math.ceil(count / BLOCK) * BLOCK * windows;
}

function allocateDigits(host: KernelHost, count: number, windows: number): Digits {
  return { address: host.allocate(digitsBytes(count, windows)), rowBytes: digitsBytes(count, 1) };
}

/** Windows whole, except the last few that the threads cannot share out evenly: those are split among all threads. */
function wholeWindows(keys: readonly number[], threads: number): Part[] {
  const whole = keys.length - (keys.length % threads);
  return keys.flatMap((bound, window) =>
    splitBlocks(bound - 1, window < whole ? 1 : threads).map(([from, length]) => ({
      window,
      first: 1 + from,
      last: 1 + from + length,
    })),
  );
}

/** Every window in as many parts as threads, with about equally many entries. */
function balancedParts(host: KernelHost, digits: Digits, count: number, keys: readonly number[]): Part[] {
  const parts: Part[] = [];
  const all = new Int16Array(host.u8().buffer);
  keys.forEach((bound, window) => {
    const start = (digits.address + window * digits.rowBytes) >>> 1;
    const entries = new Uint32Array(bound);
    for (let i = 0; i < count; i++) entries[Math.abs(all[start + i]!)]!++;
    let left = count - entries[0]!;
    let first = 1;
    for (let thread = host.threads; thread > 0 && left > 0; thread--) {
      let last = first;
      let taken = 0;
      while (last < bound && (taken === 0 || taken + entries[last]! / 2 <= left / thread)) taken += entries[last++]!;
      if (thread === 1) last = bound;
      parts.push({ window, first, last });
      left -= taken;
      first = last;
    }
  });
  return parts;
}

/** Room for the sums of the parts; the first window of their digits is `firstWindow`. */
function allocateSums(host: KernelHost, parts: readonly Part[], firstWindow = 0): WindowSum[] {
  const address = host.allocate(PROJECTIVE_BYTES * parts.length);
  return parts.map(({ window }, part) => ({
    window: firstWindow + window,
    address: address + PROJECTIVE_BYTES * part,
  }));
}

/** Writes sum_i d_iw·points[i] over the digits of each part. */
function sumParts(
  host: KernelHost,
  points: MemoryPoints,
  count: number,
  digits: Digits,
  parts: readonly Part[],
  sums: readonly WindowSum[],
): void {
  const maxKeys = Math.max(...parts.map(({ first, last }) => last - first));
  const chunk = chunkEntries(count);
  const stride = workspaceBytes(maxKeys, Math.max(count, maxKeys), chunk);
  const workspaces = host.allocate(stride * host.threads);
  const tasks = parts.map(({ window, first, last }, i) => [
    digits.address + window * digits.rowBytes,
    count,
    points.address,
    first,
    last,
    workspaces,
    stride,
    chunk,
    maxKeys,
    sums[i]!.address,
    first === 1 && last <= DIRECT_BUCKETS ? 0 : Math.ceil(Math.log2(last) / 2),
    points.mayHoldInfinity ? 1 : 0,
  ]);
  host.run("g1WindowTask", tasks);
}

function largestMagnitude(values: Int32Array): number {
  let magnitude = 0;
  for (const value of values) magnitude = Math.max(magnitude, Math.abs(value));
  return magnitude;
}

if (SPLIT_BITS < 8) throw new RangeError("two levels of SPLIT_BITS must cover a window of 16 bits");
