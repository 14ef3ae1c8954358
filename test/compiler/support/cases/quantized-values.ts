/** Integers, scales and zero points of models that a quantizer has made. */
import { numbers } from "../../../support/circuits.ts";
import type { TestTensor } from "../onnx.ts";

export const next = numbers(8888);

export function integers(
  type: "int8" | "uint8" | "int32",
  shape: readonly number[],
  lo: number,
  hi: number,
): TestTensor {
  return { shape, type, data: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next(lo, hi)) };
}
export const zero = (type: "int8" | "uint8", value: number): TestTensor => ({ shape: [], data: [value], type });
export const scales = (...values: number[]): TestTensor => ({ shape: [values.length], data: values });

/** Scales of inputs from -1 to 1, of weights, and of results; no sum lies halfway between two results. */
export const [X, W, Y] = [1 / 128, 1 / 100, 0.0271];
