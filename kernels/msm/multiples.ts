/**
 * Points with their multiples 2^(c·w)·P for w < W', kept in memory: windows w, w + W', ... of a sum are then W' rows of points with
 * digits of c bits and one set of buckets for all rows, where each window alone would need a set of its own.
 *
 *     sum = sum_g 2^(c·W'·g)·(sum_k k·B_gk),  B_gk = sum of ±2^(c·w)·P_i with |d_i,(W' g + w)| = k
 *
 * Source: E. Brickell, D. Gordon, K. McCurley, D. Wilson, "Fast exponentiation with precomputation" (EUROCRYPT 1992), for the method.
 */
import { BATCH_BYTES } from "../emit/curve/add.ts";
import { chunkEntries, SPLIT_BITS, workspaceBytes } from "../emit/curve/buckets.ts";
import { PROJECTIVE_BYTES } from "../emit/curve/projective.ts";
import { POINT_BYTES } from "../emit/curve/tables.ts";
import { BLOCK } from "../emit/field.ts";
import type { Point } from "../engine.ts";
import type { KernelHost } from "../host.ts";
import { type Digits, digitsBytes, scalarDigits } from "./msm.ts";
import type { MultiplesPlan } from "./plan.ts";
import { type MemoryPoints, type Multiples, scoped, splitBlocks } from "./points.ts";
import { horner, hornerPoint, type WindowSum } from "./sums.ts";

/** Ranges of buckets: more take less memory at once, but add to the second levels more often. */
const RANGES_PER_THREAD = 4;

const blocksFor = (count: number): number => Math.ceil(count / BLOCK);

/** Bytes of the rows behind the first. */
export function multiplesBytes(count: number, { rows }: MultiplesPlan): number {
  return (rows - 1) * blocksFor(count) * BLOCK * POINT_BYTES;
}

/** Makes the rows, on the vector stack; no point may be infinity. */
export function makeMultiples(host: KernelHost, points: MemoryPoints, plan: MultiplesPlan): Multiples {
  const blocks = blocksFor(points.length);
  const rowBytes = blocks * BLOCK * POINT_BYTES;
  const address = host.allocate(multiplesBytes(points.length, plan));
  scoped(host, () => {
    const workspaces = host.allocate(BATCH_BYTES * host.threads);
    for (let row = 1; row < plan.rows; row++) {
      const target = address + (row - 1) * rowBytes;
      const source = row === 1 ? points.address : target - rowBytes;
      const tasks = splitBlocks(blocks, RANGES_PER_THREAD * host.threads).map(([from, length]) => {
        const offset = from * BLOCK * POINT_BYTES;
        return [source + offset, length, plan.windows.bits, target + offset, workspaces, BATCH_BYTES];
      });
      host.run("g1DoubleTask", tasks);
    }
  });
  return { plan, address, rowBytes };
}

/** sum_i scalars[i]·points[i] for `count` scalars in blocks at `scalars`, by the points' multiples. */
export function msmMultiples(
  host: KernelHost,
  points: MemoryPoints,
  multiples: Multiples,
  scalars: number,
  count: number,
): Point {
  const { windows, rows } = multiples.plan;
  return scoped(host, () => {
    const groups: WindowSum[] = [];
    for (let window = 0; window < windows.count; window += rows) {
      groups.push({ window, address: host.allocate(PROJECTIVE_BYTES) });
    }
    for (const { window, address } of groups) {
      const inGroup = Math.min(rows, windows.count - window);
      scoped(host, () => {
        const makeDigits = (): Digits => scalarDigits(host, scalars, count, windows, window, inGroup);
        sumGroup(host, points, multiples, makeDigits, inGroup, count, address);
      });
    }
    return hornerPoint(host, groups, windows.bits);
  });
}

/** Most bytes of the stack that `msmMultiples` takes. */
export function multiplesScratchBytes(count: number, threads: number, { windows, rows }: MultiplesPlan): number {
  const keys = Math.max(...windows.keys);
  const widest = widestRange(keys, threads);
  const summing = threads * (rangeWorkspaceBytes(widest, count) + PROJECTIVE_BYTES);
  const groups = PROJECTIVE_BYTES * Math.ceil(windows.count / rows);
  return groups + 4 * count * rows + 4 * keys * threads + Math.max(digitsBytes(count, rows), summing);
}

/** Of one thread: for the entries of a range's buckets and for those of the second levels. */
function rangeWorkspaceBytes(keys: number, count: number): number {
  return workspaceBytes(keys, keys + 2 ** SPLIT_BITS, chunkEntries(count));
}

/** Keys of a range. Scalars that repeat fill few buckets; the others would be one wide range. */
function widestRange(keys: number, threads: number): number {
  return Math.ceil(keys / (threads * (RANGES_PER_THREAD - 1)));
}

/** Keys first <= key < last, whose entries start at position `from`. */
interface KeyRange {
  readonly from: number;
  readonly first: number;
  readonly last: number;
}

function sumGroup(
  host: KernelHost,
  points: MemoryPoints,
  { plan, address, rowBytes }: Multiples,
  makeDigits: () => Digits,
  rows: number,
  count: number,
  out: number,
): void {
  const keys = Math.max(...plan.windows.keys);
  const entries = host.allocate(4 * count * rows);
  const spans = splitBlocks(count, host.threads);
  const counters = host.allocate(4 * keys * spans.length);
  const countersOf = (span: number): number => counters + 4 * keys * span;
  // The digits are freed before the workspaces are taken.
  const ranges = scoped(host, () => {
    const digits = makeDigits();
    host.run(
      "g1CountKeysTask",
      spans.map(([from, length], span) => {
        return [digits.address + 2 * from, digits.rowBytes, rows, length, countersOf(span), keys];
      }),
    );
    const placed = placeKeys(host, counters, keys, spans.length);
    host.run(
      "g1PlaceKeysTask",
      spans.map(([from, length], span) => {
        const offset = from * POINT_BYTES;
        const source = [points.address + offset, address + offset, rowBytes];
        return [digits.address + 2 * from, digits.rowBytes, rows, length, ...source, countersOf(span), entries];
      }),
    );
    return placed;
  });
  const maxKeys = Math.max(0, ...ranges.map(({ first, last }) => last - first));
  const stride = rangeWorkspaceBytes(maxKeys, count);
  const workspaces = host.allocate(stride * host.threads);
  const results = host.allocate(PROJECTIVE_BYTES * host.threads);
  const levels = Array.from({ length: host.threads }, (_, thread) => {
    return { window: 0, address: results + PROJECTIVE_BYTES * thread, workspace: workspaces + stride * thread };
  });
  for (const { workspace } of levels) host.call("g1ClearLevels", workspace);
  const splitBits = Math.ceil(Math.log2(keys) / 2);
  const ends = countersOf(spans.length - 1);
  host.run(
    "g1KeysTask",
    ranges.map(({ from, first, last }) => {
      return [entries, ends, from, first, last, workspaces, stride, chunkEntries(count), maxKeys, splitBits];
    }),
  );
  host.run(
    "g1LevelsTask",
    levels.map(({ workspace, address }) => [workspace, splitBits, address]),
  );
  horner(host, levels, 0, out);
}

/**
 * Turns the counters of all spans from counts to positions: keys in order, and within a key span after span. Returns ranges of keys
 * from 1 on that are not wide and have about equally many entries each.
 */
function placeKeys(host: KernelHost, counters: number, keys: number, spans: number): KeyRange[] {
  const counts = host.i32().subarray(counters / 4, counters / 4 + keys * spans);
  const ends = new Int32Array(keys);
  let position = 0;
  for (let key = 0; key < keys; key++) {
    for (let at = key; at < counts.length; at += keys) {
      const count = counts[at]!;
      counts[at] = position;
      position += count;
    }
    ends[key] = position;
  }
  const ranges: KeyRange[] = [];
  const most = Math.ceil((position - ends[0]!) / (host.threads * RANGES_PER_THREAD));
  const widest = widestRange(keys, host.threads);
  for (let first = 1, from = ends[0]!; from < position; ) {
    const bound = Math.min(keys, first + widest);
    let last = first + 1;
    while (last < bound && ends[last]! - from <= most) last++;
    const end = ends[last - 1]!;
    if (end > from) ranges.push({ from, first, last });
    [first, from] = [last, end];
  }
  return ranges;
}
