/** Arithmetic with constants and between tensors, and activations. */
import { binary, type Case, list, scalar, unary, weights } from "./case.ts";

export const ELEMENTWISE_CASES: readonly Case[] = [
  binary(
    "Add",
    [
      [1, 3, 4],
      [3, 1],
    ],
    "second",
  ),
  binary(
    "Add",
    [
      [1, 3, 4],
      [1, 3, 4],
    ],
    "none",
  ),
  binary(
    "Add",
    [
      [3, 4],
      [1, 4],
    ],
    "none",
  ),
  binary("Add", [[1, 2, 3], [3]], "none"),
  binary("Sub", [[1, 3, 4], [4]], "second"),
  binary("Sub", [[1], [3, 4]], "first"),
  binary(
    "Sub",
    [
      [2, 3],
      [2, 3],
    ],
    "none",
  ),
  binary(
    "Mul",
    [
      [1, 3, 4],
      [3, 1],
    ],
    "second",
  ),
  binary(
    "Mul",
    [
      [1, 3, 4],
      [1, 3, 4],
    ],
    "second",
  ),
  binary("Mul", [[4], [2, 4]], "first"),
  binary("Mul", [[2, 3], [1]], "second"),
  binary(
    "Mul",
    [
      [1, 3],
      [5, 1],
    ],
    "second",
  ),
  binary("Div", [[1, 3, 4], [4]], "second"),
  { name: "x + x", model: { inputs: { x: [1, 5] }, nodes: [{ op: "Add", inputs: ["x", "x"] }] } },
  {
    name: "Sub, Div, Gemm, Sigmoid on features of different ranges",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Sub", inputs: ["x", "m"] },
        { op: "Div", inputs: ["t0", "s"] },
        { op: "Gemm", inputs: ["t1", "w", "b"], attributes: { transB: 1 } },
        { op: "Sigmoid", inputs: ["t2"] },
      ],
      constants: { m: weights([1, 5]), s: weights([1, 5], 0.1, 0.5), w: weights([2, 5]), b: weights([2]) },
    },
    lo: 0,
  },
  unary("Relu"),
  unary("Sigmoid", {}, { lo: -9, hi: 7 }),
  unary("Tanh"),
  unary("LeakyRelu", { alpha: { float: 0.3 } }),
  unary("Relu", {}, { name: "Relu of negative numbers", lo: -3, hi: -1 }),
  {
    name: "Clip by attributes",
    model: {
      inputs: { x: [1, 7] },
      nodes: [{ op: "Clip", inputs: ["x"], attributes: { min: { float: -0.5 }, max: { float: 0.75 } } }],
      opset: 9,
    },
    lo: -2,
    hi: 2,
  },
  {
    name: "Clip without a lower bound",
    model: { inputs: { x: [1, 7] }, nodes: [{ op: "Clip", inputs: ["x", "", "hi"] }], constants: { hi: scalar(0.25) } },
    lo: -2,
    hi: 2,
  },
  {
    name: "ReduceMean by input",
    model: {
      inputs: { x: [1, 3, 5] },
      nodes: [{ op: "ReduceMean", inputs: ["x", "axes"] }],
      constants: { axes: list(1) },
      opset: 18,
    },
  },
  {
    name: "Add by element before Gemm, Mul by column behind",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "Add", inputs: ["x", "a"] },
        { op: "Gemm", inputs: ["t0", "w"] },
        { op: "Mul", inputs: ["t1", "m"] },
      ],
      constants: { a: weights([2, 5]), w: weights([5, 3]), m: weights([3]) },
    },
  },
];
