/** Vectors of points in memory, and their 64-byte records. */

import { POINT_BYTES } from "../emit/curve/tables.ts";
import { RECORD_BYTES } from "../emit/curve/words.ts";
import type { PointVec } from "../engine.ts";
import { ShapeError } from "../errors.ts";
import type { KernelHost } from "../host.ts";
import type { MultiplesPlan } from "./plan.ts";

/** A PointVec in a host's memory. */
export interface MemoryPoints extends PointVec {
  readonly address: number;
  /** False only if no point is infinity. */
  readonly mayHoldInfinity: boolean;
  readonly multiples?: Multiples;
}

/** 2^(bits·w)·P for rows w < plan.rows, each row of whole blocks; row 0 is the points themselves. */
export interface Multiples {
  readonly plan: MultiplesPlan;
  /** Of row 1. */
  readonly address: number;
  readonly rowBytes: number;
}

/** Records are moved through a staging area of this many, so that a large file is not in memory twice. */
const STAGED_RECORDS = 1 << 16;
const BLOCK = 8;

/** Runs and frees what was allocated meanwhile. */
export function scoped<T>(host: KernelHost, run: () => T): T {
  const mark = host.mark();
  try {
    return run();
  } finally {
    host.release(mark);
  }
}

const blocksFor = (count: number): number => Math.ceil(count / BLOCK);

/** Points of 64-byte big-endian records x || y, all zero being infinity. On the vector stack. */
export function readPoints(host: KernelHost, bytes: Uint8Array): MemoryPoints {
  if (bytes.length % RECORD_BYTES !== 0) {
    throw new ShapeError("points: bad byte length", {
      expected: `a multiple of ${RECORD_BYTES}`,
      got: String(bytes.length),
    });
  }
  const length = bytes.length / RECORD_BYTES;
  const address = host.allocate(blocksFor(length) * BLOCK * POINT_BYTES);
  const mayHoldInfinity = scoped(host, () => {
    const staged = Math.min(STAGED_RECORDS, blocksFor(length) * BLOCK);
    const staging = host.allocate(staged * RECORD_BYTES);
    const found = host.allocate(4);
    host.i32()[found >>> 2] = 0;
    for (let start = 0; start < length; start += staged) {
      const part = bytes.subarray(start * RECORD_BYTES, (start + staged) * RECORD_BYTES);
      const blocks = blocksFor(part.length / RECORD_BYTES);
      host.u8().set(part, staging);
      // Unused records of the last block must not look like infinity.
      host.u8().fill(1, staging + part.length, staging + blocks * BLOCK * RECORD_BYTES);
      const tasks = splitBlocks(blocks, host.threads).map(([from, count]) => [
        staging + from * BLOCK * RECORD_BYTES,
        count,
        address + (start + from * BLOCK) * POINT_BYTES,
        found,
      ]);
      host.run("g1ReadTask", tasks);
    }
    return host.i32()[found >>> 2] !== 0;
  });
  return { kind: "g1", length, address, mayHoldInfinity };
}

/** The inverse of readPoints. */
export function writePoints(host: KernelHost, points: MemoryPoints): Uint8Array {
  const bytes = new Uint8Array(points.length * RECORD_BYTES);
  scoped(host, () => {
    const staged = Math.min(STAGED_RECORDS, blocksFor(points.length) * BLOCK);
    const staging = host.allocate(staged * RECORD_BYTES);
    for (let start = 0; start < points.length; start += staged) {
      const count = Math.min(staged, points.length - start);
      const tasks = splitBlocks(blocksFor(count), host.threads).map(([from, blocks]) => [
        points.address + (start + from * BLOCK) * POINT_BYTES,
        blocks,
        staging + from * BLOCK * RECORD_BYTES,
      ]);
      host.run("g1WriteTask", tasks);
      bytes.set(host.u8().subarray(staging, staging + count * RECORD_BYTES), start * RECORD_BYTES);
    }
  });
  return bytes;
}

export function slicePoints(points: MemoryPoints, start: number, length: number): MemoryPoints {
  const offset = start * POINT_BYTES;
  const slice = { ...points, length, address: points.address + offset };
  const { multiples } = points;
  return multiples ? { ...slice, multiples: { ...multiples, address: multiples.address + offset } } : slice;
}

/** [first, count] of up to `parts` runs that cover `blocks`, none empty. */
export function splitBlocks(blocks: number, parts: number): [number, number][] {
  const runs: [number, number][] = [];
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((blocks * part) / parts);
    const to = Math.floor((blocks * (part + 1)) / parts);
    if (to > from) runs.push([from, to - from]);
  }
  return runs;
}
