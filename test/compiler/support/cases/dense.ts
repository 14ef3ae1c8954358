/** Gemm and MatMul. */
import { type Case, weights } from "./case.ts";

export const DENSE_CASES: readonly Case[] = [
  {
    name: "Gemm",
    model: {
      inputs: { x: [1, 7] },
      nodes: [{ op: "Gemm", inputs: ["x", "w", "b"] }],
      constants: { w: weights([7, 3]), b: weights([3]) },
    },
  },
  {
    name: "Gemm with alpha, beta, both transposed, batch 3",
    model: {
      inputs: { x: [6, 3] },
      nodes: [
        {
          op: "Gemm",
          inputs: ["x", "w", "b"],
          attributes: { transA: 1, transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } },
        },
      ],
      constants: { w: weights([5, 6]), b: weights([3, 1]) },
    },
  },
  {
    name: "Gemm with a constant on the left and a tensor added",
    model: {
      inputs: { x: [4, 5], z: [5] },
      nodes: [{ op: "Gemm", inputs: ["w", "x", "z"] }],
      constants: { w: weights([3, 4]) },
    },
  },
  {
    name: "Gemm of power-of-two sizes and Relu",
    model: {
      inputs: { x: [1, 8] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w"] },
        { op: "Relu", inputs: ["t0"] },
      ],
      constants: { w: weights([8, 4]) },
    },
  },
  {
    name: "Gemm of one column",
    model: { inputs: { x: [1, 1] }, nodes: [{ op: "Gemm", inputs: ["x", "w"] }], constants: { w: weights([1, 3]) } },
  },
  {
    name: "MatMul of tokens",
    model: {
      inputs: { x: [1, 3, 5] },
      nodes: [{ op: "MatMul", inputs: ["x", "w"] }],
      constants: { w: weights([5, 6]) },
    },
  },
  {
    name: "MatMul, constant left",
    model: { inputs: { x: [5, 3] }, nodes: [{ op: "MatMul", inputs: ["w", "x"] }], constants: { w: weights([4, 5]) } },
  },
  {
    name: "MatMul with a vector",
    model: { inputs: { x: [2, 3, 5] }, nodes: [{ op: "MatMul", inputs: ["x", "w"] }], constants: { w: weights([5]) } },
  },
  {
    name: "MatMul, Add, LeakyRelu",
    model: {
      inputs: { x: [1, 3, 5] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"] },
        { op: "Add", inputs: ["b", "t0"] },
        { op: "LeakyRelu", inputs: ["t1"], attributes: { alpha: { float: 0.2 } } },
      ],
      constants: { w: weights([5, 6]), b: weights([6]) },
    },
  },
  {
    name: "MatMul twice without activation",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"] },
        { op: "MatMul", inputs: ["t0", "v"] },
      ],
      constants: { w: weights([5, 7]), v: weights([7, 3]) },
    },
  },
];
