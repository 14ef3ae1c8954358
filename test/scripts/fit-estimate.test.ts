import { expect, test } from "vitest";
import { fitEstimate, predictMs } from "../../scripts/fit-estimate.ts";

const truth = { baseMs: 30, nsPerAddition: 57, nsPerButterfly: 9, nsPerProduct: 50 };
const works = [
  { additions: 1.5e6, butterflies: 2e6, products: 5e4 },
  { additions: 4.7e6, butterflies: 1e7, products: 4e6 },
  { additions: 8.5e6, butterflies: 4.9e7, products: 3e5 },
  { additions: 3.6e7, butterflies: 3.3e8, products: 2e7 },
  { additions: 1.6e7, butterflies: 2e7, products: 1.4e7 },
];

test("the fit finds the constants that made the times", () => {
  const fit = fitEstimate(works.map((work, i) => ({ model: `m${i}`, work, proveMs: predictMs(truth, { work }) })));
  expect(fit.baseMs).toBeCloseTo(truth.baseMs, 2);
  expect(fit.nsPerAddition).toBeCloseTo(truth.nsPerAddition, 2);
  expect(fit.nsPerButterfly).toBeCloseTo(truth.nsPerButterfly, 2);
  expect(fit.nsPerProduct).toBeCloseTo(truth.nsPerProduct, 2);
});

test("no constant is negative", () => {
  const fit = fitEstimate(works.map((work, i) => ({ model: `m${i}`, work, proveMs: work.additions / 1e6 - 0.5 })));
  expect(Math.min(...Object.values(fit))).toBe(0);
});
