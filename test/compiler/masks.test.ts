/** Room for masked scores: enough for each, one for those that are alike. */
import { expect, test } from "vitest";
import { withMasks } from "../../compiler/3-quantize/masks.ts";
import { random } from "./support/random.ts";

const classes = (scales: readonly number[]) =>
  new Map(scales.map((scale, i) => [`scores ${i}`, { scale, lo: -128, hi: 127, isFree: false }]));

test("alike scales get one room, and no scale one that is more than twice its own", () => {
  const rooms = [...withMasks(classes([0.05, 0.055, 0.06, 0.5])).values()].map(({ lo }) => -128 - lo);
  expect(rooms).toEqual([320, 320, 320, 32]);
});

test("the exponential of the masked value is below half a step of any table, whatever the others are", () => {
  for (let seed = 0; seed < 20; seed++) {
    const next = random(seed);
    const given = classes(Array.from({ length: 5 }, () => 2 ** (-8 * next())));
    for (const [name, { scale, lo, hi }] of withMasks(given)) {
      expect(Math.exp((lo + 128) * scale), `seed ${seed}, ${name}`).toBeLessThan(2 ** -23);
      expect(-128 - lo, `seed ${seed}, ${name}`).toBeLessThanOrEqual(2 * Math.ceil(16 / scale));
      expect(hi).toBe(127);
    }
  }
});
