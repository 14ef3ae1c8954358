/** Every kind of axis against the sum over its box, cell by cell. */
import { expect, test } from "vitest";
import { add, inv, mod, mul, pow } from "../../core/field.ts";
import { eqAt, eqSum, geometricSum, type WeightAxis, weightAt } from "../../core/weights.ts";
import { numbers } from "../support/circuits.ts";

const SEED = 9;
const random = numbers(SEED);
const element = (): bigint => mod(BigInt(random(1, 2 ** 31)) ** 9n);
const u = Array.from({ length: 6 }, element);
const tau = element();
const z = element();

test("geometric sums", () => {
  for (const n of [0, 1, 2, 3, 7, 8, 9, 28, 31, 32, 33]) {
    let sum = 0n;
    for (let j = 0; j < n; j++) sum = add(sum, pow(z, j));
    expect(geometricSum(z, n), `n ${n}`).toBe(sum);
  }
});

test("truncated eq sums", () => {
  for (const n of [0, 1, 2, 5, 31, 32, 33, 63, 64]) {
    let sum = 0n;
    for (let j = 0; j < n; j++) sum = add(sum, mul(eqAt(u, j), pow(z, j)));
    expect(eqSum(u, z, n), `n ${n}`).toBe(sum);
  }
});

const AXES: [string, WeightAxis][] = [
  ["plain", { kind: "plain", n: 5, cell: 3, row: 2 }],
  ["plain with base", { kind: "plain", n: 4, cell: 1, row: 0, base: inv(256n) }],
  ["plain in the sumcheck", { kind: "plain", n: 3, cell: 7, row: 1, vars: { first: 1, count: 2 } }],
  ["a range of eq", { kind: "plain", n: 11, cell: 1, row: 0, first: 13, vars: { first: 0, count: 5 } }],
  ["window", { kind: "window", outN: 4, kernelN: 3, stride: 1, dilation: 1, pad: 0, inputN: 6, cell: 1, row: 1 }],
  [
    "padded strided dilated window in the sumcheck",
    {
      kind: "window",
      outN: 4,
      kernelN: 3,
      stride: 2,
      dilation: 2,
      pad: 3,
      inputN: 7,
      cell: 5,
      row: 3,
      vars: { first: 2, count: 2 },
    },
  ],
];

/** [position, value] of every index of an axis, by its definition. */
function* entries(axis: WeightAxis): Generator<[number, bigint]> {
  const point = axis.vars ? u.slice(axis.vars.first, axis.vars.first + axis.vars.count) : [];
  if (axis.kind === "plain") {
    for (let j = 0; j < axis.n; j++) {
      const eq = axis.vars ? eqAt(point, (axis.first ?? 0) + j) : 1n;
      yield [j * axis.cell, mul(mul(pow(tau, j * axis.row), pow(axis.base ?? 1n, j)), eq)];
    }
    return;
  }
  for (let o = 0; o < axis.outN; o++) {
    for (let k = 0; k < axis.kernelN; k++) {
      const i = axis.stride * o + axis.dilation * k - axis.pad;
      if (i >= 0 && i < axis.inputN)
        yield [i * axis.cell, mul(pow(tau, o * axis.row), axis.vars ? eqAt(point, k) : 1n)];
    }
  }
}

test.each(AXES)("axis: %s", (_name, axis) => {
  let expected = 0n;
  for (const [position, value] of entries(axis)) expected = add(expected, mul(value, pow(z, 10 + position)));
  const term = { column: { kind: "fixed", index: 0 } as const, offset: 10, coef: 3n, tauPower: 4, axes: [axis] };
  expect(weightAt(term, { tau, u }, z)).toBe(mul(mul(3n, pow(tau, 4)), expected));
});

test("axes of a box multiply", () => {
  const [first, second] = [AXES[0][1], AXES[5][1]];
  let expected = 0n;
  for (const [p, a] of entries(first))
    for (const [q, b] of entries(second)) expected = add(expected, mul(mul(a, b), pow(z, p + q)));
  const term = {
    column: { kind: "fixed", index: 0 } as const,
    offset: 0,
    coef: 1n,
    tauPower: 0,
    axes: [first, second],
  };
  expect(weightAt(term, { tau, u }, z)).toBe(expected);
});
