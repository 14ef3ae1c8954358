/** Real numbers to the integers of a tensor: limits, halves, and indices, which are never limited. */
import { describe, expect, test } from "vitest";
import type { BoundaryTensor } from "../../core/circuit.ts";
import { quantizeTensor, TensorError } from "../../core/tensor.ts";

const tensor: BoundaryTensor = {
  name: "x",
  visibility: "public",
  shape: [2],
  block: "q",
  start: 8,
  count: 2,
  elementBytes: 1,
  signed: false,
  scale: 0.5,
  table: 0,
};

test("numbers are rounded half up and limited to the range", () => {
  expect([...quantizeTensor(tensor, [0.25, 1000])]).toEqual([1, 255]);
  expect([...quantizeTensor({ ...tensor, range: { lo: 0, hi: 6 } }, [-4, 1000])]).toEqual([0, 6]);
});

// What a JSON file or a program without types can hold in place of a number.
test.each<[string, unknown[]]>([
  ["one number too few", [1]],
  ["NaN", [1, Number.NaN]],
  ["an infinite number", [1, Number.NEGATIVE_INFINITY]],
  ["null", [1, null]],
  ["text", [1, "2"]],
  ["a truth value", [1, true]],
  ["a list", [1, [2]]],
])("refuses %s", (_name, values) => {
  expect(() => quantizeTensor(tensor, values as number[])).toThrow(TensorError);
});

describe("indices", () => {
  const indices: BoundaryTensor = { ...tensor, scale: 1, range: { lo: 0, hi: 4 }, isIndex: true };

  test("within the range are themselves", () => {
    expect([...quantizeTensor(indices, [0, 4])]).toEqual([0, 4]);
  });

  test.each([5, -1, 0.5, Number.NaN])("%d is refused, not limited", (index) => {
    expect(() => quantizeTensor(indices, [0, index])).toThrow(
      expect.objectContaining({ name: "Tensor.TensorError", expected: "whole numbers from 0 to 4" }),
    );
  });

  test("that fill their bytes are refused beyond them", () => {
    const { range: _, ...whole } = indices;
    expect(() => quantizeTensor(whole, [0, 256])).toThrow(TensorError);
  });
});
