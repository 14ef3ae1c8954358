/** Updates at computed and at constant indices, written or combined; several for one place among them. */
import { type Case, list, weights } from "./case.ts";

const reductions = ["add", "mul", "max", "min"];

export const SCATTER_CASES: readonly Case[] = [
  {
    name: "ScatterElements at computed indices, last axis",
    model: {
      inputs: { x: [2, 5], ids: [2, 3], u: [2, 3] },
      indices: { ids: 5 },
      nodes: [{ op: "ScatterElements", inputs: ["x", "ids", "u"], attributes: { axis: -1 } }],
    },
  },
  {
    name: "ScatterElements at computed indices, first axis, a part of the others, Gemm",
    model: {
      inputs: { x: [3, 5], ids: [2, 3], u: [2, 3] },
      indices: { ids: 3 },
      nodes: [
        { op: "ScatterElements", inputs: ["x", "ids", "u"] },
        { op: "MatMul", inputs: ["t0", "w"] },
      ],
      constants: { w: weights([5, 2]) },
    },
  },
  {
    name: "ScatterElements of what TopK takes into zeros",
    model: {
      inputs: { x: [1, 6] },
      nodes: [
        { op: "TopK", inputs: ["x", "k"], outputs: ["values", "places"] },
        { op: "Softmax", inputs: ["values"], attributes: { axis: -1 } },
        { op: "ScatterElements", inputs: ["zeros", "places", "t1"], attributes: { axis: 1 } },
      ],
      constants: { k: list(3), zeros: { shape: [1, 6], data: [0, 0, 0, 0, 0, 0] } },
    },
    jumps: true,
  },
  {
    name: "ScatterND of rows at computed indices",
    model: {
      inputs: { x: [5, 3], ids: [4, 1], u: [4, 3] },
      indices: { ids: 5 },
      nodes: [{ op: "ScatterND", inputs: ["x", "ids", "u"] }],
    },
  },
  {
    name: "ScatterND of elements at pairs of indices, some from the end",
    model: {
      inputs: { x: [3, 5], ids: [3, 2], u: [3] },
      indices: { ids: 3 },
      nodes: [
        { op: "Sub", inputs: ["ids", "one"] },
        { op: "ScatterND", inputs: ["x", "t0", "u"] },
      ],
      constants: { one: { shape: [], data: [1], type: "int64" } },
    },
  },
  ...reductions.map(
    (reduction): Case => ({
      name: `ScatterElements at computed indices, ${reduction}`,
      model: {
        inputs: { x: [2, 3], ids: [2, 5], u: [2, 5] },
        indices: { ids: 3 },
        nodes: [{ op: "ScatterElements", inputs: ["x", "ids", "u"], attributes: { axis: 1, reduction } }],
        opset: 18,
      },
    }),
  ),
  ...["add", "max"].map(
    (reduction): Case => ({
      name: `ScatterND of rows at computed indices, ${reduction}`,
      model: {
        inputs: { x: [3, 2, 5], ids: [3, 1], u: [3, 2, 5] },
        indices: { ids: 3 },
        nodes: [{ op: "ScatterND", inputs: ["x", "ids", "u"], attributes: { reduction } }],
        opset: 18,
      },
    }),
  ),
  ...["none", ...reductions].map(
    (reduction): Case => ({
      name: `ScatterElements at constant indices, several for one place, ${reduction}`,
      model: {
        inputs: { x: [2, 3], u: [2, 5] },
        nodes: [{ op: "ScatterElements", inputs: ["x", "ids", "u"], attributes: { axis: 1, reduction } }],
        constants: { ids: { shape: [2, 5], data: [0, 2, 2, -1, 0, 1, 1, 1, 1, 1], type: "int64" } },
        opset: 18,
      },
    }),
  ),
  {
    name: "ScatterND of constants, add",
    model: {
      inputs: { x: [3, 5] },
      nodes: [{ op: "ScatterND", inputs: ["x", "ids", "u"], attributes: { reduction: "add" } }],
      constants: { ids: { shape: [2, 1], data: [2, 0], type: "int64" }, u: weights([2, 5]) },
      opset: 18,
    },
  },
];
