import { beforeAll, describe, expect, it } from "vitest";
import { mod, mul, Q, R } from "../../../core/field.ts";
import { MOST_CHUNK } from "../../../kernels/emit/curve/buckets.ts";
import type { Point } from "../../../kernels/engine.ts";
import type { KernelHost } from "../../../kernels/host.ts";
import { msmInts, msmScalars } from "../../../kernels/msm/msm.ts";
import { type MemoryPoints, readPoints, slicePoints } from "../../../kernels/msm/points.ts";
import { multiplesOfGenerator } from "../../../kernels/msm/powers.ts";
import { encodePoints, msmReference } from "../../../kernels/msm-reference.ts";
import { createTestHost, writeInts, writeScalars } from "./support/host.ts";
import { createRandom } from "./support/random.ts";

const G: Point = { x: 1n, y: 2n };
const SEED = 20261103;
const random = createRandom(SEED);
const LARGE = 8 * MOST_CHUNK + 4099;

describe.each([1, 2])(`msm, tasks cut for %i threads (seed ${SEED})`, (threads) => {
  let host: KernelHost;
  /** k_i·G for random k_i, and for k_i = i + 1. */
  let factors: bigint[];
  let points: MemoryPoints;
  let progression: MemoryPoints;

  beforeAll(async () => {
    host = await createTestHost("fused", 320, threads);
    factors = Array.from({ length: LARGE }, () => random.scalar());
    const multiples = (scalars: bigint[]): MemoryPoints => {
      const records = multiplesOfGenerator(host, writeScalars(host, scalars), scalars.length);
      return readPoints(host, records);
    };
    points = multiples(factors);
    progression = multiples(Array.from({ length: 5000 }, (_, i) => BigInt(i + 1)));
  });

  const scoped = <T>(run: () => T): T => {
    const mark = host.mark();
    const result = run();
    host.release(mark);
    return result;
  };
  const full = (at: MemoryPoints, scalars: bigint[]): Point =>
    scoped(() => msmScalars(host, at, writeScalars(host, scalars), scalars.length));
  const ints = (at: MemoryPoints, values: number[]): Point =>
    scoped(() => msmInts(host, at, writeInts(host, values), values.length));
  const expected = (scalars: readonly (bigint | number)[], of = factors): Point =>
    msmReference([G], [scalars.reduce<bigint>((sum, scalar, i) => mod(sum + BigInt(scalar) * of[i]!), 0n)]);

  it.each([1, 2, 7, 8, 9, 63, 64, 65, 1000, 4096])("agrees with (sum s_i k_i)·G on %i full scalars", (count) => {
    const scalars = Array.from({ length: count }, () => random.scalar());
    expect(full(points, scalars)).toEqual(expected(scalars));
  });

  it("agrees across chunks", () => {
    const scalars = Array.from({ length: LARGE }, () => random.scalar());
    expect(full(points, scalars)).toEqual(expected(scalars));
  });

  it("takes edge scalars", () => {
    const edges = [0n, 1n, 2n, R - 1n, R - 2n, (R - 1n) / 2n, (R + 1n) / 2n, 2n ** 253n, 2n ** 128n - 1n];
    for (const scalar of edges) expect(full(points, [scalar]), String(scalar)).toEqual(expected([scalar]));
    expect(full(points, edges)).toEqual(expected(edges));
    expect(full(points, [0n, 0n, 0n])).toBeNull();
    expect(full(points, [])).toBeNull();
  });

  it.each([
    ["one bit", 1],
    ["int8", 127],
    ["int16", 32767],
    ["more than int16", 32768],
    ["int24", 2 ** 23],
    ["int32", 2 ** 31 - 1],
  ])("agrees on integers: %s", (_, magnitude) => {
    for (const count of [1, 10, 3000]) {
      const values = Array.from({ length: count }, () => random.int(2 * magnitude + 1) - magnitude);
      values[0] = -magnitude;
      if (count > 1) values[1] = magnitude;
      expect(ints(points, values), `${count}`).toEqual(expected(values));
    }
  });

  it("takes the least int32, and zeros only", () => {
    const values = [-(2 ** 31), 2 ** 31 - 1, 0, -1];
    expect(ints(points, values)).toEqual(expected(values));
    expect(ints(points, [0, 0, 0])).toBeNull();
    expect(ints(points, [])).toBeNull();
  });

  it("fills one bucket with more entries than a chunk", () => {
    for (const value of [1, -3, 30000]) {
      const values = new Array<number>(LARGE).fill(value);
      expect(ints(points, values), String(value)).toEqual(expected(values));
    }
    const mixed = Array.from({ length: LARGE }, (_, i) => (i % 1000 === 0 ? (i % 100) - 50 : 7));
    expect(ints(points, mixed)).toEqual(expected(mixed));
  });

  it("adds arithmetic progressions, whose partial sums meet", () => {
    const of = Array.from({ length: 5000 }, (_, i) => BigInt(i + 1));
    for (const count of [3, 16, 500, 5000]) {
      const ones = new Array<number>(count).fill(1);
      expect(ints(progression, ones), `${count} ones`).toEqual(expected(ones, of));
      const values = Array.from({ length: count }, (_, i) => (i % 3) - 1);
      expect(ints(progression, values), `${count} signs`).toEqual(expected(values, of));
      const scalars = of.slice(0, count).map((i) => mul(i, i));
      expect(full(progression, scalars), `${count} squares`).toEqual(expected(scalars, of));
    }
  });

  it("adds points at any offset", () => {
    const scalars = Array.from({ length: 20 }, () => random.scalar());
    expect(full(slicePoints(points, 13, 20), scalars)).toEqual(expected(scalars, factors.slice(13)));
  });

  describe("with special points", () => {
    const negative = (p: Point): Point => p && { x: p.x, y: Q - p.y };
    const p = msmReference([G], [123456789n]);
    const q = msmReference([G], [987654321n]);
    const cases: Record<string, (count: number) => Point[]> = {
      "all equal": (count) => new Array<Point>(count).fill(p),
      "all opposite in turn": (count) => Array.from({ length: count }, (_, i) => (i % 2 ? negative(p) : p)),
      "first half opposite to the second": (count) =>
        Array.from({ length: count }, (_, i) => (2 * i < count ? negative(p) : p)),
      "p, -p and q mixed": (count) => Array.from({ length: count }, () => [p, negative(p), q][random.int(3)]!),
      "all infinity": (count) => new Array<Point>(count).fill(null),
      "infinity mixed in": (count) => Array.from({ length: count }, () => [p, null, q, negative(q)][random.int(4)]!),
      "p and its doubles": (count) => {
        const doubles = [p];
        for (let i = 1; i < 8; i++) doubles.push(msmReference([doubles[i - 1]!], [2n]));
        return Array.from({ length: count }, (_, i) => doubles[i % 8]!);
      },
    };

    it.each(Object.keys(cases))("%s", (name) => {
      for (const count of [1, 2, 3, 8, 17, 200]) {
        const list = cases[name]!(count);
        const special = scoped(() => ({ points: list, memory: encodePoints(list) }));
        const mark = host.mark();
        const at = readPoints(host, special.memory);
        const check = (what: string, got: Point, scalars: readonly bigint[]): void => {
          expect(got, `${what}, ${count} points`).toEqual(msmReference(list, scalars));
        };
        const ones = new Array<number>(count).fill(1);
        check("ones", ints(at, ones), ones.map(BigInt));
        const signs = Array.from({ length: count }, () => random.int(3) - 1);
        check("signs", ints(at, signs), signs.map(BigInt));
        const same = new Array<bigint>(count).fill(random.scalar());
        check("one scalar", full(at, same), same);
        const scalars = Array.from({ length: count }, () => random.scalar());
        if (count < 100) check("random scalars", full(at, scalars), scalars);
        host.release(mark);
      }
    });

    it("all equal, by thousands", () => {
      const count = 5000;
      const mark = host.mark();
      const at = readPoints(host, encodePoints(new Array<Point>(count).fill(p)));
      const values = Array.from({ length: count }, (_, i) => (i % 5) - 1);
      const sum = values.reduce((total, value) => total + value, 0);
      expect(ints(at, values)).toEqual(msmReference([p], [BigInt(sum)]));
      host.release(mark);
    });
  });
});
