import { describe, expect, test } from "vitest";
import type { BoundaryTensor } from "../../core/circuit.ts";
import { add, mod, mul } from "../../core/field.ts";
import {
  elementRange,
  PackingError,
  packedValue,
  packedWeights,
  packTensors,
  unpackTensors,
} from "../../core/packing.ts";
import { weightAt } from "../../core/weights.ts";
import { numbers } from "../support/circuits.ts";

const SEED = 31;
const tau = 0x123456789abcdef0123456789abcdefn;
const column = { kind: "witness", index: 0 } as const;

const tensor = (elementBytes: 1 | 2 | 4, signed: boolean, count: number): BoundaryTensor => ({
  name: "t",
  visibility: "public",
  shape: [count],
  block: "y",
  start: 0,
  count,
  elementBytes,
  signed,
  scale: 1,
  table: 0,
});

describe.each([
  [1, true],
  [1, false],
  [2, true],
  [2, false],
  [4, true],
] as const)("%i bytes, signed %s", (elementBytes, signed) => {
  // 31 bytes make a group: sizes below, at and above one and two groups.
  test.each([1, 6, 7, 8, 15, 16, 30, 31, 32, 62, 63])("%i elements", (count) => {
    const shape = tensor(elementBytes, signed, count);
    const { lo, hi } = elementRange(shape);
    const random = numbers(SEED + count);
    const values = Array.from({ length: count }, (_, i) => [lo, hi, -1, 0, random(-100, 100)][i % 5]).map((v) =>
      Math.max(v, lo),
    );
    const bytes = packTensors([shape], [values]);
    expect(Array.from(unpackTensors([shape], bytes)[0])).toEqual(values);

    let expected = 0n;
    const terms = packedWeights(shape, column, 0);
    // W(z) = sum_i w_i z^i: evaluating at powers of a large number separates the weights of single cells.
    const cellWeight = (cell: number): bigint => cellWeights(terms, count)[cell];
    values.forEach((value, i) => {
      expected = add(expected, mul(mod(BigInt(value)), cellWeight(i)));
    });
    expect(packedValue(shape, bytes, tau)).toBe(expected);
  });
});

/** The weight of each cell, by walking the terms' axes. */
function cellWeights(terms: ReturnType<typeof packedWeights>, count: number): bigint[] {
  const weights: bigint[] = new Array(count).fill(0n);
  for (const term of terms) {
    const walk = (depth: number, cell: number, value: bigint): void => {
      if (depth === term.axes.length) {
        weights[cell] = add(weights[cell], value);
        return;
      }
      const axis = term.axes[depth];
      if (axis.kind !== "plain") throw new Error("packed tensors have plain axes");
      const ratio = weightAt({ ...term, offset: 0, coef: 1n, tauPower: axis.row, axes: [] }, { tau, u: [] }, 1n);
      for (let j = 0, scale = value; j < axis.n; j++, scale = mul(mul(scale, ratio), axis.base ?? 1n))
        walk(depth + 1, cell + j * axis.cell, scale);
    };
    walk(0, term.offset, weightAt({ ...term, offset: 0, axes: [] }, { tau, u: [] }, 1n));
  }
  return weights;
}

test.each([
  ["too large", 128],
  ["too small", -129],
  ["a fraction", 0.5],
  ["not a number", Number.NaN],
])("refuses an element that is %s", (_name, value) => {
  expect(() => packTensors([tensor(1, true, 1)], [[value]])).toThrow(PackingError);
});

test("refuses a wrong size", () => {
  expect(() => packTensors([tensor(1, true, 2)], [[1]])).toThrow(PackingError);
  expect(() => unpackTensors([tensor(2, true, 2)], new Uint8Array(3))).toThrow(PackingError);
});
