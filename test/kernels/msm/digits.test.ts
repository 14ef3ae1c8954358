import { describe, expect, it } from "vitest";
import { mod, R } from "../../../core/field.ts";
import { balancedLimbs } from "../../../kernels/emit/field.ts";
import { type Digits, intDigits, scalarDigits } from "../../../kernels/msm/msm.ts";
import { fullWindows, intWindows, scalarWindows, type Windows } from "../../../kernels/msm/plan.ts";
import { createTestHost, writeInts, writeScalars } from "./support/host.ts";
import { createRandom } from "./support/random.ts";

const SEED = 20261107;
const random = createRandom(SEED);

describe(`digits (seed ${SEED})`, async () => {
  const host = await createTestHost("fused", 16);

  /** sum_w digit_w·2^(bits·w) of scalar i; every digit within its window's keys. */
  function recompose({ address, rowBytes }: Digits, { count, bits, keys }: Windows, i: number): bigint {
    const all = new Int16Array(host.u8().buffer);
    let sum = 0n;
    for (let w = 0; w < count; w++) {
      const digit = all[(address + w * rowBytes) / 2 + i]!;
      expect(Math.abs(digit), `digit ${w} of ${count}x${bits}`).toBeLessThan(keys[w]!);
      sum += BigInt(digit) << BigInt(bits * w);
    }
    return sum;
  }

  it("of full scalars recompose, for every window size", () => {
    const edges = [0n, 1n, R - 1n, (R - 1n) / 2n, (R + 1n) / 2n, (R + 3n) / 2n, 2n ** 252n, R - 2n ** 252n];
    const scalars = [...edges, ...Array.from({ length: 40 }, () => random.scalar())];
    for (let bits = 4; bits <= 16; bits++) {
      const mark = host.mark();
      const windows = scalarWindows(bits);
      const digits = scalarDigits(host, writeScalars(host, scalars), scalars.length, windows);
      scalars.forEach((scalar, i) => {
        expect(mod(recompose(digits, windows, i)), `${scalar}, ${bits} bits`).toBe(scalar);
      });
      host.release(mark);
    }
  });

  it("of scalars in any stored form recompose", () => {
    const scalar = 7n;
    const mark = host.mark();
    const address = writeScalars(host, new Array<bigint>(8).fill(scalar));
    const stored = mod(scalar << 255n);
    // The same element as x - r, x and, in between, centered.
    [stored, stored - R].forEach((integer, lane) => {
      balancedLimbs(integer).forEach((limb, j) => {
        host.f64()[address / 8 + 8 * j + lane] = limb;
      });
    });
    const windows = scalarWindows(13);
    const digits = scalarDigits(host, address, 8, windows);
    for (let i = 0; i < 8; i++) expect(mod(recompose(digits, windows, i))).toBe(scalar);
    host.release(mark);
  });

  it("of integers recompose, whatever windows are chosen", () => {
    for (const magnitude of [1, 5, 127, 128, 1000, 32767, 32768, 65535, 2 ** 20, 2 ** 31 - 1, 2 ** 31]) {
      for (const length of [1, 100, 2 ** 12, 2 ** 16, 2 ** 20]) {
        const mark = host.mark();
        const windows = intWindows(length, magnitude);
        const values = Array.from({ length: 30 }, () => random.int(2 * magnitude) - magnitude);
        values.push(0, -magnitude, Math.min(magnitude, 2 ** 31 - 1));
        const digits = intDigits(host, writeInts(host, values), values.length, windows);
        values.forEach((value, i) => {
          expect(recompose(digits, windows, i), `${value} of ${magnitude}, length ${length}`).toBe(BigInt(value));
        });
        host.release(mark);
      }
    }
  });

  it("have windows that fit their buffers, for every length", () => {
    for (let length = 1; length <= 2 ** 22; length *= 2) {
      for (const { bits, count, keys } of [fullWindows(length), intWindows(length, 2 ** 31)]) {
        expect(bits).toBeLessThanOrEqual(16);
        expect(keys).toHaveLength(count);
        expect(Math.max(...keys)).toBeLessThanOrEqual(2 ** 15 + 1);
      }
    }
  });
});
