/**
 * Many multiples of one point, by tables: out_i = s_i·G = sum_w table_w[d_iw] with table_w[d] = d·2^(c·w)·G.
 *
 * For making development SRS files. The scalars are not protected against timing.
 */

import { toWord } from "../../core/field.ts";
import { MOST_CHUNK, workspaceBytes } from "../emit/curve/buckets.ts";
import { FIXED_BASE_GROUP } from "../emit/curve/convert.ts";
import { POINT_BYTES } from "../emit/curve/tables.ts";
import { BLOCK } from "../emit/field.ts";
import type { Point } from "../engine.ts";
import type { KernelHost } from "../host.ts";
import { scalarDigits } from "./msm.ts";
import type { Windows } from "./plan.ts";
import { scalarWindows } from "./plan.ts";
import { readPoints, scoped, splitBlocks, writePoints } from "./points.ts";
import type { Projective } from "./sums.ts";
import { double, toAffine } from "./sums.ts";

const GENERATOR: Projective = [1n, 2n, 1n];

/**
 * An output costs one addition per window, a table 2^(bits - 1) for each; these sizes keep the tables below half of the work, and
 * the largest at 20 MB.
 */
function windowBits(count: number): number {
  if (count < 1 << 10) return 6;
  if (count < 1 << 14) return 9;
  return count < 1 << 18 ? 12 : 14;
}

/** Records of scalars[i]·G for `count` scalars in blocks at `scalars`. */
export function multiplesOfGenerator(host: KernelHost, scalars: number, count: number): Uint8Array {
  if (count === 0) return new Uint8Array();
  return scoped(host, () => {
    const windows = scalarWindows(windowBits(count));
    const size = 2 ** (windows.bits - 1);
    const stride = workspaceBytes(FIXED_BASE_GROUP, FIXED_BASE_GROUP * windows.count, MOST_CHUNK);
    const workspaces = host.allocate(stride * host.threads);
    const tables = buildTables(host, windows, size, workspaces, stride);
    const digits = scalarDigits(host, scalars, count, windows);
    const out = host.allocate(Math.ceil(count / BLOCK) * BLOCK * POINT_BYTES);
    const groups = splitBlocks(Math.ceil(count / FIXED_BASE_GROUP), 4 * host.threads);
    const tasks = groups.map(([from, length]) => [
      digits.address + 2 * from * FIXED_BASE_GROUP,
      digits.rowBytes,
      windows.count,
      tables,
      size,
      Math.min(length * FIXED_BASE_GROUP, count - from * FIXED_BASE_GROUP),
      out + from * FIXED_BASE_GROUP * POINT_BYTES,
      workspaces,
      stride,
      MOST_CHUNK,
    ]);
    host.run("g1FixedBaseTask", tasks);
    return writePoints(host, { kind: "g1", length: count, address: out, mayHoldInfinity: true });
  });
}

/** Table after table; entry d - 1 of table w is d·2^(bits·w)·G. */
function buildTables(host: KernelHost, windows: Windows, size: number, workspaces: number, stride: number): number {
  const tables = host.allocate((windows.count * size + BLOCK) * POINT_BYTES);
  const starts = Array.from({ length: windows.count }, (_, w) => tables + w * size * POINT_BYTES);
  scoped(host, () => {
    const bases = readPoints(host, firstEntries(windows));
    const u8 = host.u8();
    for (const [w, start] of starts.entries()) {
      u8.copyWithin(start, bases.address + w * POINT_BYTES, bases.address + (w + 1) * POINT_BYTES);
    }
  });
  const tasks = starts.map((start) => [start, size, workspaces, stride, MOST_CHUNK]);
  host.run("g1TableTask", tasks);
  return tables;
}

/** Records of 2^(bits·w)·G. */
function firstEntries({ count, bits }: Windows): Uint8Array {
  const records = new Uint8Array(64 * count);
  let power = GENERATOR;
  for (let w = 0; w < count; w++) {
    const { x, y } = toAffine(power) as NonNullable<Point>;
    records.set(toWord(x), 64 * w);
    records.set(toWord(y), 64 * w + 32);
    power = double(power, bits);
  }
  return records;
}
