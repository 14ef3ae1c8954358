import { describe, expect, it } from "vitest";
import { inverse, Q } from "../../../core/field.ts";
import { BLOCK, BLOCK_BYTES, balancedLimbs, decodeElement, encodeElement, LIMBS } from "../../../kernels/emit/field.ts";
import { createTestHost } from "./support/host.ts";
import { createRandom } from "./support/random.ts";

const SEED = 20261105;
const random = createRandom(SEED);
const INVERSE_RADIX = inverse(2n ** 255n, Q);

describe.each(["fused", "split"] as const)(`base field kernels with %s products (seed ${SEED})`, async (product) => {
  const host = await createTestHost(product, 16);
  const [a, out, temp] = [BLOCK_BYTES, BLOCK_BYTES, 16 * BLOCK_BYTES].map((bytes) => host.allocate(bytes));
  const writeLimbs = (lane: number, limbs: readonly number[]): void => {
    limbs.forEach((limb, j) => {
      host.f64()[a! / 8 + BLOCK * j + lane] = limb;
    });
  };
  const read = (lane: number): bigint => {
    const limbs = Array.from({ length: LIMBS }, (_, j) => host.f64()[out! / 8 + BLOCK * j + lane]!);
    return decodeElement(limbs, Q, INVERSE_RADIX);
  };
  const invert = (): number => host.call("fqInvert", a!, out!, temp!);

  it("inverts every lane", () => {
    const edges = [1n, 2n, Q - 1n, (Q - 1n) / 2n, (Q + 1n) / 2n, 2n ** 253n, 3n, Q - 2n];
    const batches = [edges, ...Array.from({ length: 200 }, () => edges.map(() => 1n + (random.scalar() % (Q - 1n))))];
    for (const values of batches) {
      values.forEach((value, lane) => {
        writeLimbs(lane, encodeElement(value, Q));
      });
      expect(invert()).toBe(0);
      values.forEach((value, lane) => {
        expect((read(lane) * value) % Q, `1/${value}`).toBe(1n);
      });
    }
  });

  it("inverts integers whose product is small, a power of two, or minus one", () => {
    for (const integer of [1n, -1n, 2n, -2n, 2n ** 30n, 2n ** 60n, -(2n ** 252n), (Q - 1n) / 2n]) {
      const value = (((integer * INVERSE_RADIX) % Q) + Q) % Q;
      for (let lane = 0; lane < BLOCK; lane++) writeLimbs(lane, encodeElement(1n, Q));
      writeLimbs(5, balancedLimbs(integer));
      expect(invert()).toBe(0);
      expect((read(5) * value) % Q, String(integer)).toBe(1n);
      expect(read(0)).toBe(1n);
    }
  });

  it("says when a lane is zero, in any of its forms", () => {
    for (const zero of [0n, Q, -Q]) {
      for (const lane of [0, 3, 7]) {
        for (let other = 0; other < BLOCK; other++) writeLimbs(other, encodeElement(random.scalar() + 1n, Q));
        writeLimbs(lane, balancedLimbs(zero));
        expect(invert(), `${zero} in lane ${lane}`).toBe(1);
      }
    }
  });
});
