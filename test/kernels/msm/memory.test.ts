import { describe, expect, it } from "vitest";
import { R } from "../../../core/field.ts";
import { msmInts, msmScalars } from "../../../kernels/msm/msm.ts";
import { readPoints, writePoints } from "../../../kernels/msm/points.ts";
import { multiplesOfGenerator } from "../../../kernels/msm/powers.ts";
import { msmReference, powersOfTauReference } from "../../../kernels/msm-reference.ts";
import { createTestHost, writeInts, writeScalars } from "./support/host.ts";

/** Addresses from 2^31 on are negative as the i32 that kernels take; the last ones end just below 2^32. */
describe.each([
  ["across 2^31", 2 ** 31 - 65536],
  ["at the end of memory", 2 ** 32 - 40 * 2 ** 20],
])("points %s", async (_, start) => {
  const host = await createTestHost("fused", 39, 1, start);
  const tau = 3n ** 150n;
  const count = 50;
  const records = powersOfTauReference(tau, count);
  const powers = Array.from({ length: count }, (_, i) => tau ** BigInt(i) % R);

  it("are read, multiplied and written", () => {
    const points = readPoints(host, records);
    expect(writePoints(host, points)).toEqual(records);
    const scalars = powers.map((power) => (power * power) % R);
    const dot = scalars.reduce((sum, scalar, i) => sum + scalar * powers[i]!, 0n);
    expect(msmScalars(host, points, writeScalars(host, scalars), count)).toEqual(
      msmReference([{ x: 1n, y: 2n }], [dot]),
    );
    const ints = powers.map((_, i) => i * 1001 - 25000);
    const sum = ints.reduce((total, value, i) => total + BigInt(value) * powers[i]!, 0n);
    expect(msmInts(host, points, writeInts(host, ints), count)).toEqual(msmReference([{ x: 1n, y: 2n }], [sum]));
    expect(multiplesOfGenerator(host, writeScalars(host, powers), count)).toEqual(records);
  });
});
