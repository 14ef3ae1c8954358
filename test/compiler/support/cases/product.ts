/** Products of two tensors that both depend on the input. */
import { binary, type Case, weights } from "./case.ts";

function matMul(name: string, x: readonly number[], y: readonly number[]): Case {
  return { name: `MatMul ${name}`, model: { inputs: { x, y }, nodes: [{ op: "MatMul", inputs: ["x", "y"] }] } };
}

export const PRODUCT_CASES: readonly Case[] = [
  binary(
    "Mul",
    [
      [2, 3, 5],
      [2, 3, 5],
    ],
    "none",
  ),
  binary("Mul", [[1], [1]], "none"),
  binary(
    "Mul",
    [
      [4, 1],
      [3, 1, 8],
    ],
    "none",
  ),
  { name: "x · x", model: { inputs: { x: [3, 4] }, nodes: [{ op: "Mul", inputs: ["x", "x"] }] } },
  matMul("of two tensors", [2, 3, 5], [2, 5, 7]),
  matMul("of two tensors, powers of two", [2, 4, 8], [2, 8, 2]),
  matMul("of two tensors, broadcast", [3, 1, 3, 4], [2, 4, 3]),
  {
    name: "gated unit: Sigmoid · Tanh of one Gemm each, Gemm",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w"] },
        { op: "Sigmoid", inputs: ["t0"] },
        { op: "Gemm", inputs: ["x", "v"] },
        { op: "Tanh", inputs: ["t2"] },
        { op: "Mul", inputs: ["t1", "t3"] },
        { op: "Gemm", inputs: ["t4", "u"] },
      ],
      constants: { w: weights([5, 7]), v: weights([5, 7]), u: weights([7, 3]) },
    },
  },
  {
    name: "attention scores: MatMul by a transpose, MatMul",
    model: {
      inputs: { x: [1, 3, 5] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"] },
        { op: "Transpose", inputs: ["t0"], attributes: { perm: [0, 2, 1] } },
        { op: "MatMul", inputs: ["x", "t1"] },
        { op: "Sigmoid", inputs: ["t2"] },
        { op: "MatMul", inputs: ["t3", "x"] },
      ],
      constants: { w: weights([5, 5]) },
    },
  },
  {
    name: "products of concatenated and pooled tensors",
    model: {
      inputs: { x: [1, 2, 6] },
      nodes: [
        { op: "Concat", inputs: ["x", "x"], attributes: { axis: 1 } },
        { op: "MaxPool", inputs: ["t0"], attributes: { kernel_shape: [2], strides: [2] } },
        { op: "Mul", inputs: ["t1", "t1"] },
      ],
    },
  },
];
