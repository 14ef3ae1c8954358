import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mod, Q, R } from "../../../core/field.ts";
import { MOST_CHUNK } from "../../../kernels/emit/curve/buckets.ts";
import type { Engine, Point, PointVec } from "../../../kernels/engine.ts";
import { makeMultiples } from "../../../kernels/msm/multiples.ts";
import { multiplesPlan } from "../../../kernels/msm/plan.ts";
import { readPoints, writePoints } from "../../../kernels/msm/points.ts";
import { encodePoints, msmReference } from "../../../kernels/msm-reference.ts";
import { createEngine } from "../../../prover/engine.ts";
import { createTestHost } from "./support/host.ts";
import { createRandom } from "./support/random.ts";

const SEED = 20261121;
const G: Point = { x: 1n, y: 2n };

describe.each(["fused", "split"] as const)(`rows of multiples, %s products (seed ${SEED})`, (products) => {
  it.each([1, 7, 8, 9, 100])("hold 2^(bits·w)·P of %i points", async (count) => {
    const random = createRandom(SEED);
    const host = await createTestHost(products, 64, 2);
    const factors = Array.from({ length: count }, () => random.scalar());
    const points = readPoints(host, encodePoints(factors.map((factor) => msmReference([G], [factor]))));
    const plan = multiplesPlan(count);
    const { address, rowBytes } = makeMultiples(host, points, plan);
    for (const row of [1, 2, plan.rows - 1]) {
      const records = writePoints(host, { ...points, address: address + (row - 1) * rowBytes });
      const scale = 2n ** BigInt(plan.windows.bits * row);
      const picked = [0, count - 1].map((i) => msmReference([G], [mod(factors[i]! * scale)]));
      expect([records.slice(0, 64), records.slice(-64)]).toEqual(picked.map((point) => encodePoints([point])));
    }
  });
});

describe.each([1, 2])(`sums by multiples, %i threads (seed ${SEED})`, (threads) => {
  const random = createRandom(SEED + threads);
  const LARGE = MOST_CHUNK + 1003;
  const tau = random.scalar();
  let engine: Engine;
  let records: Uint8Array;
  beforeAll(async () => {
    engine = await createEngine({ threads, sharingPaysNs: 0 });
    records = engine.powersOfTau(tau, LARGE);
  });
  afterAll(() => engine.close());

  function sums(points: PointVec, scalars: readonly bigint[]): Point {
    const mark = engine.mark();
    const vector = engine.frVec(scalars.length);
    engine.write(vector, 0, scalars);
    const sum = engine.msm(points, vector);
    engine.release(mark);
    return sum;
  }
  const many = (length: number, scalar: (i: number) => bigint): bigint[] => Array.from({ length }, (_, i) => scalar(i));
  const expected = (scalars: readonly bigint[]): Point => {
    return msmReference([G], [scalars.reduceRight((value, scalar) => mod(value * tau + scalar), 0n)]);
  };

  it.each([1, 8, 63, 900, 1024, 4097, LARGE])("agree with (sum s_i tau^i)·G on %i points", (length) => {
    const mark = engine.mark();
    const points = engine.points(records.subarray(0, 64 * length), true);
    const scalars = many(length, () => random.scalar());
    expect(sums(points, scalars)).toEqual(expected(scalars));
    const fewer = scalars.slice(0, Math.ceil(length / 3));
    expect(sums(points, fewer)).toEqual(expected(fewer));
    const start = Math.floor(length / 4);
    const part = scalars.slice(start);
    expect(sums(engine.slicePoints(points, start, part.length), part)).toEqual(
      expected([...many(start, () => 0n), ...part]),
    );
    engine.release(mark);
  });

  it("take one scalar for all, zeros, and edges", () => {
    const mark = engine.mark();
    const points = engine.points(records, true);
    const edges = [0n, 1n, R - 1n, (R - 1n) / 2n, (R + 1n) / 2n, 2n ** 253n, 2n ** 128n - 1n];
    const giant = random.scalar();
    for (const scalar of [giant, ...edges]) {
      const scalars = many(LARGE, () => scalar);
      expect(sums(points, scalars), String(scalar)).toEqual(expected(scalars));
    }
    const mixed = many(LARGE, (i) => edges[i % edges.length]!);
    expect(sums(points, mixed)).toEqual(expected(mixed));
    engine.release(mark);
  });

  it("take equal and opposite points", () => {
    const mark = engine.mark();
    const { x, y } = G as NonNullable<Point>;
    const opposite: Point = {
      x,
      y: Q - y,
    };
    const length = 3000;
    const points = engine.points(encodePoints(many(length, BigInt).map((i) => (i % 3n === 0n ? opposite : G))), true);
    const scalars = many(length, (i) => (i % 2 === 0 ? 12345n : random.scalar()));
    const total = scalars.reduce((sum, scalar, i) => mod(i % 3 === 0 ? sum - scalar : sum + scalar), 0n);
    expect(sums(points, scalars)).toEqual(msmReference([G], [total]));
    engine.release(mark);
  });

  it("do without multiples where a point is infinity", () => {
    const mark = engine.mark();
    const points = engine.points(encodePoints(many(2000, BigInt).map((i) => (i === 7n ? null : G))), true);
    const scalars = many(2000, () => random.scalar());
    const total = scalars.reduce((sum, scalar, i) => (i === 7 ? sum : mod(sum + scalar)), 0n);
    expect(sums(points, scalars)).toEqual(msmReference([G], [total]));
    engine.release(mark);
  });
});
