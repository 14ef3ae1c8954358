import { beforeAll, describe, expect, it } from "vitest";
import { mod } from "../../../core/field.ts";
import { CARRY_POINTS, LEAST_CHUNK, MOST_CHUNK, workspaceBytes } from "../../../kernels/emit/curve/buckets.ts";
import { POINT_BYTES } from "../../../kernels/emit/curve/tables.ts";
import type { Point } from "../../../kernels/engine.ts";
import type { KernelHost } from "../../../kernels/host.ts";
import { type MemoryPoints, readPoints, scoped, writePoints } from "../../../kernels/msm/points.ts";
import { encodePoints, msmReference } from "../../../kernels/msm-reference.ts";
import { createTestHost } from "./support/host.ts";
import { createRandom } from "./support/random.ts";

const G: Point = { x: 1n, y: 2n };
const SEED = 20261122;
const FACTORS = 24;
/** Entries around the range of the call belong to other threads. */
const OUTSIDE = 5;
const SENTINEL = 0x5a5a5a;
/** Chunks must hold more than what is carried; the least that do take few entries to cross. */
const TINY_CHUNK = 2 ** Math.ceil(Math.log2(CARRY_POINTS + 1));

describe(`bucket sums (seed ${SEED})`, () => {
  const random = createRandom(SEED);
  let host: KernelHost;
  /** 1·G, 2·G, ...: sums of few small factors meet often, as equal points and as opposite ones. */
  let points: MemoryPoints;
  const records = new Map<number, Uint8Array>();

  beforeAll(async () => {
    host = await createTestHost("fused", 32);
    points = readPoints(
      host,
      encodePoints(Array.from({ length: FACTORS }, (_, i) => msmReference([G], [BigInt(i + 1)]))),
    );
  });

  function recordOf(sum: number): Uint8Array {
    const known = records.get(sum) ?? encodePoints([msmReference([G], [mod(BigInt(sum))])]);
    records.set(sum, known);
    return known;
  }

  const factor = (): number => (1 + random.int(FACTORS)) * (random.int(2) ? 1 : -1);
  const anyFactors = (count: number): number[] => Array.from({ length: count }, factor);

  /** Sums buckets of signed factors, and compares each with (sum of factors)·G. */
  function check(what: string, buckets: readonly (readonly number[])[], chunk: number): void {
    scoped(host, () => {
      const keys = buckets.length;
      const factors = buckets.flat();
      const entries = host.allocate(4 * (factors.length + 2 * OUTSIDE));
      const ends = host.allocate(4 * keys);
      const out = host.allocate(POINT_BYTES * (keys + 8));
      const stride = workspaceBytes(keys, factors.length, chunk);
      const workspace = host.call("g1ChunkWorkspace", host.allocate(stride), stride, chunk);
      const written = host
        .i32()
        .subarray(entries / 4, entries / 4 + factors.length + 2 * OUTSIDE)
        .fill(SENTINEL);
      factors.forEach((f, i) => {
        written[OUTSIDE + i] = (points.address + POINT_BYTES * (Math.abs(f) - 1)) | (f < 0 ? 1 : 0);
      });
      let end = OUTSIDE;
      buckets.forEach((bucket, key) => {
        end += bucket.length;
        host.i32()[ends / 4 + key] = end;
      });
      host.call("g1SumBuckets", entries, ends, keys, out, workspace, OUTSIDE);
      const around = [...written.slice(0, OUTSIDE), ...written.slice(-OUTSIDE)];
      expect(around, what).toEqual(new Array<number>(2 * OUTSIDE).fill(SENTINEL));
      const got = writePoints(host, { ...points, address: out, length: keys, mayHoldInfinity: true });
      const wrong = buckets.findIndex((bucket, key) => {
        const sum = bucket.reduce((total, f) => total + f, 0);
        return Buffer.compare(got.subarray(64 * key, 64 * (key + 1)), recordOf(sum)) !== 0;
      });
      expect(wrong, `${what}, chunk ${chunk}: first wrong bucket of ${keys}`).toBe(-1);
    });
  }

  /** As many buckets as fill two chunks and a part of the third. */
  const filling = (chunk: number, size: number): number => Math.ceil((2.4 * chunk) / size);

  it("of every small size, at every place against a chunk's end", () => {
    for (let size = 1; size <= 9; size++) {
      for (let shift = 0; shift < size; shift++) {
        const rest = Array.from({ length: filling(TINY_CHUNK, size) }, () => anyFactors(size));
        check(`size ${size}, shifted by ${shift}`, [anyFactors(shift), ...rest], TINY_CHUNK);
      }
    }
  });

  it("that end with a chunk, or one entry away from it", () => {
    for (const last of [-1, 0, 1]) {
      for (const size of [1, 2, 3, 8]) {
        const whole = Array.from({ length: TINY_CHUNK / size - 2 }, () => anyFactors(size));
        const left = TINY_CHUNK - whole.flat().length + last;
        check(`size ${size}, ${last}`, [...whole, anyFactors(left)], TINY_CHUNK);
        check(`size ${size}, ${last}, then empty ones`, [...whole, anyFactors(left), [], []], TINY_CHUNK);
        check(`size ${size}, ${last}, then more`, [...whole, anyFactors(left), [], anyFactors(3)], TINY_CHUNK);
      }
    }
  });

  it.each([TINY_CHUNK, LEAST_CHUNK, MOST_CHUNK])("of mixed sizes, with chunks of %i", (chunk) => {
    for (const most of [3, 12, 60]) {
      const buckets = Array.from({ length: filling(chunk, most / 2) }, () => anyFactors(random.int(most + 1)));
      check(`sizes up to ${most}`, buckets, chunk);
    }
  });

  it.each([TINY_CHUNK, LEAST_CHUNK, MOST_CHUNK])("over three chunks of %i, between others", (chunk) => {
    const few = (): number[][] => Array.from({ length: 40 }, () => anyFactors(random.int(6)));
    for (const size of [2 * chunk, 3 * chunk - 1, 3 * chunk + 1]) {
      check(`size ${size}`, [...few(), anyFactors(size), ...few()], chunk);
      check(`size ${size}, one point`, [...few(), new Array<number>(size).fill(1), ...few()], chunk);
    }
  });

  it.each([TINY_CHUNK, LEAST_CHUNK])("that cancel after they were carried, with chunks of %i", (chunk) => {
    // Threes meet their opposite in the second round; the others in the first, second and third.
    const cancelling = [
      [1, 2, -3],
      [1, -1],
      [1, 2, -1, -2],
      [4, 3, 2, 1, -1, -2, -3, -4],
      [1, -1, 2, -2, 7],
    ];
    for (const pattern of cancelling) {
      for (let shift = 0; shift < 3; shift++) {
        const many = Array.from({ length: filling(chunk, pattern.length) }, () => pattern);
        check(`${pattern} shifted by ${shift}`, [anyFactors(shift), ...many], chunk);
        check(`${pattern} in one bucket, shifted by ${shift}`, [anyFactors(shift), many.flat(), [5]], chunk);
      }
      const some = Array.from({ length: filling(chunk, pattern.length) }, () =>
        random.int(4) ? anyFactors(random.int(5)) : pattern,
      );
      check(`${pattern} among others`, some, chunk);
    }
  });

  it("without entries", () => {
    check("one bucket", [[]], TINY_CHUNK);
    check("several", [[], [], []], TINY_CHUNK);
    check("one entry", [[], [-3], []], TINY_CHUNK);
  });
});
