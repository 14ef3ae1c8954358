import { beforeAll, describe, expect, it } from "vitest";
import { mul, Q, R } from "../../../core/field.ts";
import type { KernelHost } from "../../../kernels/host.ts";
import { readPoints, writePoints } from "../../../kernels/msm/points.ts";
import { multiplesOfGenerator } from "../../../kernels/msm/powers.ts";
import { decodePoints, encodePoints, msmReference, powersOfTauReference } from "../../../kernels/msm-reference.ts";
import { createTestHost, writeScalars } from "./support/host.ts";
import { createRandom } from "./support/random.ts";

const SEED = 20261104;
const random = createRandom(SEED);

describe.each(["fused", "split"] as const)(`points with %s products (seed ${SEED})`, (product) => {
  let host: KernelHost;
  beforeAll(async () => {
    host = await createTestHost(product);
  });

  it("reads and writes records of any count", () => {
    for (const count of [0, 1, 7, 8, 9, 33]) {
      const records = powersOfTauReference(random.scalar(), count);
      expect(writePoints(host, readPoints(host, records))).toEqual(records);
    }
  });

  it("keeps infinity, and coordinates at the edges of the field", () => {
    const records = encodePoints([
      null,
      { x: 1n, y: Q - 2n },
      { x: 0n, y: 5n },
      { x: Q - 1n, y: 0n },
      { x: (Q - 1n) / 2n, y: (Q + 1n) / 2n },
    ]);
    const points = readPoints(host, records);
    expect(points.mayHoldInfinity).toBe(true);
    expect(writePoints(host, points)).toEqual(records);
  });

  it("knows when there is no infinity", () => {
    for (const count of [13, 16]) {
      expect(readPoints(host, powersOfTauReference(3n, count)).mayHoldInfinity).toBe(false);
    }
  });

  it("moves random bytes below q unchanged", () => {
    const points = Array.from({ length: 100 }, () => ({ x: random.scalar(), y: random.scalar() }));
    expect(writePoints(host, readPoints(host, encodePoints(points)))).toEqual(encodePoints(points));
  });

  it("refuses half a record", () => {
    expect(() => readPoints(host, new Uint8Array(96))).toThrow(expect.objectContaining({ name: "Kernels.ShapeError" }));
  });

  it.each([1, 2, 30, 1100])("makes %i multiples of the generator", (count) => {
    const scalars = Array.from({ length: count }, () => random.scalar());
    scalars[0] = 0n;
    if (count > 2) scalars.splice(1, 2, R - 1n, 1n);
    const got = decodePoints(multiplesOfGenerator(host, writeScalars(host, scalars), count));
    for (const i of [0, 1, 2, count - 1].filter((index) => index < count)) {
      expect(got[i], `multiple ${i}`).toEqual(msmReference([{ x: 1n, y: 2n }], [scalars[i]!]));
    }
    // A random combination of all of them.
    const weights = scalars.map(() => BigInt(random.int(2 ** 32)));
    const sum = weights.reduce((total, weight, i) => total + mul(weight, scalars[i]!), 0n);
    expect(msmReference(got, weights)).toEqual(msmReference([{ x: 1n, y: 2n }], [sum]));
  });
});
