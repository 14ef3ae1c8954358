import { describe, expect, it } from "vitest";
import { addPoints } from "../../core/curve.ts";
import { mul, pow, Q, R } from "../../core/field.ts";
import { checkSrs, readG1, SMALL_TAU } from "../../core/srs/check.ts";
import type { Srs } from "../../core/srs/format.ts";
import { multiplyG2, srsFromTau, twistPointOutsideTorsion, withRecord } from "./support/strings.ts";

const TAU = 0x1f3a5b7c9d0e2f4a6b8c0d1e3f5a7b9c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5fn;
const RHO = 0x0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abcdefn;
const good = srsFromTau(TAU, 16);

const refusal = (srs: Srs): string => {
  try {
    checkSrs(srs, { rho: RHO });
  } catch (error) {
    return (error as Error).name;
  }
  return "accepted";
};

describe("checkSrs", () => {
  it("accepts powers of one tau", () => {
    expect(refusal(good)).toBe("accepted");
    expect(refusal(srsFromTau(TAU, 2))).toBe("accepted");
  });

  it("refuses a record off the curve, at either end", () => {
    for (const index of [0, 15]) {
      const { x, y } = readG1(good.g1, index);
      expect(refusal(withRecord(good, index, x, y + 1n))).toBe("Srs.OffCurveError");
    }
  });

  it("refuses coordinates that are not canonical", () => {
    const { x, y } = readG1(good.g1, 3);
    expect(refusal(withRecord(good, 3, x + Q, y))).toBe("Srs.OffCurveError");
    expect(refusal(withRecord(good, 3, x, y + Q))).toBe("Srs.OffCurveError");
  });

  it("refuses infinity", () => {
    expect(refusal(withRecord(good, 5, 0n, 0n))).toBe("Srs.IdentityPowerError");
  });

  it("refuses powers that start at tau", () => {
    expect(refusal({ ...good, count: 15, g1: good.g1.subarray(64) })).toBe("Srs.GeneratorError");
  });

  it("refuses a [tau]_2 that is infinity, off the twist, not canonical, or outside the r-torsion", () => {
    const [xc1, xc0, yc1, yc0] = good.tauG2;
    expect(refusal({ ...good, tauG2: [0n, 0n, 0n, 0n] })).toBe("Srs.TauG2Error");
    expect(refusal({ ...good, tauG2: [xc0, xc1, yc0, yc1] })).toBe("Srs.TauG2Error");
    expect(refusal({ ...good, tauG2: [xc1 + Q, xc0, yc1, yc0] })).toBe("Srs.TauG2Error");
    expect(refusal({ ...good, tauG2: twistPointOutsideTorsion() })).toBe("Srs.TauG2Error");
  });

  it("refuses another tau in G2", () => {
    expect(refusal({ ...good, tauG2: multiplyG2(TAU + 1n) })).toBe("Srs.InconsistentPowersError");
    expect(refusal({ ...good, tauG2: multiplyG2(1n) })).toBe("Srs.InconsistentPowersError");
  });

  it.each([1, 2, 8, 15])("refuses a wrong power at %i", (index) => {
    const { x, y } = readG1(good.g1, index);
    expect(refusal(withRecord(good, index, x, Q - y))).toBe("Srs.InconsistentPowersError");
    const moved = addPoints({ x, y }, { x: 1n, y: 2n })!;
    expect(refusal(withRecord(good, index, moved.x, moved.y))).toBe("Srs.InconsistentPowersError");
  });

  it.each([
    ["1", 1n],
    ["2", 2n],
    ["-2", R - 2n],
    ["the largest small value", BigInt(SMALL_TAU)],
    ["2^200", 1n << 200n],
    ["-2^253", R - (1n << 253n)],
    ["a 4th root of unity", pow(5n, (R - 1n) / 4n)],
  ])("refuses tau = %s", (_, tau) => {
    expect(refusal(srsFromTau(tau, 4))).toBe("Srs.WeakTauError");
  });

  it("accepts a tau beside the guessed ones", () => {
    expect(refusal(srsFromTau(BigInt(SMALL_TAU) * 3n + 1n, 3))).toBe("accepted");
    expect(refusal(srsFromTau(mul(TAU, TAU), 3))).toBe("accepted");
  });

  it("refuses one power, or records that do not match the count", () => {
    expect(refusal({ ...good, count: 1, g1: good.g1.subarray(0, 64) })).toBe("Srs.FormatError");
    expect(refusal({ ...good, count: 15 })).toBe("Srs.FormatError");
  });
});
