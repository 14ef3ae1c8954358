import { expect, test } from "vitest";
import { add, mod, mul } from "../../core/field.ts";
import { piecewiseAt, piecewiseExtension, stepAndRamp } from "../../core/piecewise.ts";
import { eqAt } from "../../core/weights.ts";
import { numbers } from "../support/circuits.ts";

const SEED = 5;
const LOG_ROWS = 5;
const random = numbers(SEED);
const u = Array.from({ length: LOG_ROWS }, () => mod(BigInt(random(1, 2 ** 31)) ** 7n));

test("step and ramp equal their sums at every break", () => {
  for (let at = 0; at <= 2 ** LOG_ROWS; at++) {
    let step = 0n;
    let ramp = 0n;
    for (let i = at; i < 2 ** LOG_ROWS; i++) {
      step = add(step, eqAt(u, i));
      ramp = add(ramp, mul(BigInt(i - at), eqAt(u, i)));
    }
    expect(stepAndRamp(u, at), `at ${at}`).toEqual({ step, ramp });
  }
});

test("the extension agrees with the function on the cube and is its sum off it", () => {
  const breaks = [
    { at: 0, level: -4, slope: 1 },
    { at: 9, level: 0, slope: -1 },
    { at: 20, level: 7, slope: 3 },
  ];
  let expected = 0n;
  for (let i = 0; i < 2 ** LOG_ROWS; i++)
    expected = add(expected, mul(mod(BigInt(piecewiseAt(breaks, i))), eqAt(u, i)));
  expect(piecewiseExtension(breaks, u)).toBe(expected);
  const corner = Array.from({ length: LOG_ROWS }, (_, k) => BigInt((21 >> k) & 1));
  expect(piecewiseExtension(breaks, corner)).toBe(mod(BigInt(piecewiseAt(breaks, 21))));
});
