import { expect, test } from "vitest";
import { inv, inverse, mul, pow, Q, R } from "../../core/field.ts";
import { createRandom } from "../kernels/msm/support/random.ts";

const SEED = 20261122;

test(`inverses are Fermat's powers (seed ${SEED})`, () => {
  const random = createRandom(SEED);
  const edges = [1n, 2n, R - 1n, R - 2n, (R + 1n) / 2n, 2n ** 253n];
  for (const a of [...edges, ...Array.from({ length: 100 }, () => random.scalar())]) {
    expect(inv(a), String(a)).toBe(pow(a, R - 2n));
    expect(mul(a, inv(a))).toBe(1n);
  }
});

test("the inverse of zero is zero, as Fermat's power is", () => {
  expect(inv(0n)).toBe(pow(0n, R - 2n));
});

test.each([Q, R, 2n ** 51n, 3n])("inverses modulo %i are below it and take any representative", (modulus) => {
  for (const a of [1n, -1n, 5n, -5n, modulus - 1n, modulus + 1n, -7n - 3n * modulus]) {
    const found = inverse(a, modulus);
    expect(found >= 0n && found < modulus, `${found}`).toBe(true);
    expect((((a * found - 1n) % modulus) + modulus) % modulus, `1/${a}`).toBe(0n);
  }
});
