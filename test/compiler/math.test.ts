import { expect, test } from "vitest";
import { exp, powerOfTwo, roundHalfUp, sigmoid, tanh } from "../../compiler/math.ts";
import { random } from "./support/random.ts";

const SEED = 5;

/** Math's own functions are right to about one unit in the last place; so must these be. */
const RELATIVE = 4e-15;

function points(): number[] {
  const next = random(SEED);
  const spread = Array.from({ length: 3000 }, () => (next() - 0.5) * 10 ** (next() * 4 - 1));
  return [
    0,
    1,
    -1,
    1e-8,
    -1e-8,
    0.0099,
    0.0101,
    0.34657,
    709,
    -700,
    20,
    -20,
    ...spread.filter((x) => Math.abs(x) < 700),
  ];
}

test("exp", () => {
  for (const x of points())
    expect(Math.abs(exp(x) / Math.exp(x) - 1), `exp(${x}), seed ${SEED}`).toBeLessThan(RELATIVE);
  expect(exp(-800)).toBe(0);
  expect(exp(800)).toBe(Number.POSITIVE_INFINITY);
});

test("tanh and sigmoid", () => {
  for (const x of points()) {
    expect(Math.abs(tanh(x) - Math.tanh(x)), `tanh(${x})`).toBeLessThanOrEqual(
      RELATIVE * Math.max(Math.abs(Math.tanh(x)), 1e-300),
    );
    expect(Math.abs(sigmoid(x) - 1 / (1 + Math.exp(-x))), `sigmoid(${x})`).toBeLessThan(RELATIVE);
    expect(tanh(-x) + tanh(x)).toBe(0);
  }
});

test("halves are rounded up, also below zero", () => {
  expect([-1.5, -0.5, 0.5, 1.5, 2.4999].map(roundHalfUp)).toEqual([-1, -0, 1, 2, 2].map((x) => x + 0));
});

test("powers of two are exact", () => {
  for (const k of [-60, -1, 0, 1, 10, 52, 53, 100]) expect(powerOfTwo(k)).toBe(2 ** k);
});
