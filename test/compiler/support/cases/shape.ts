/** Changes of indices, constants, several outputs. */
import { type Case, list, weights } from "./case.ts";

export const SHAPE_CASES: readonly Case[] = [
  {
    name: "Transpose, Reshape, MatMul",
    model: {
      inputs: { x: [1, 3, 4, 5] },
      nodes: [
        { op: "Transpose", inputs: ["x"], attributes: { perm: [0, 2, 3, 1] } },
        { op: "Reshape", inputs: ["t0", "shape"] },
        { op: "MatMul", inputs: ["t1", "w"] },
      ],
      constants: { shape: list(0, 4, -1), w: weights([15, 2]) },
    },
  },
  {
    name: "Transpose and Reshape that must copy",
    model: {
      inputs: { x: [3, 4] },
      nodes: [
        { op: "Transpose", inputs: ["x"] },
        { op: "Reshape", inputs: ["t0", "shape"] },
        { op: "MatMul", inputs: ["t1", "w"] },
      ],
      constants: { shape: list(6, 2), w: weights([2, 3]) },
    },
  },
  {
    name: "Transpose as output",
    model: { inputs: { x: [2, 3, 5] }, nodes: [{ op: "Transpose", inputs: ["x"], attributes: { perm: [2, 0, 1] } }] },
  },
  {
    name: "Concat of channels, Conv",
    model: {
      inputs: { x: [1, 2, 4, 4], y: [1, 3, 4, 4] },
      nodes: [
        { op: "Concat", inputs: ["x", "y"], attributes: { axis: 1 } },
        { op: "Conv", inputs: ["t0", "w"], attributes: { pads: [1, 1, 1, 1] } },
      ],
      constants: { w: weights([3, 5, 3, 3]) },
    },
  },
  {
    name: "Concat of rows, MaxPool",
    model: {
      inputs: { x: [1, 2, 3, 4], y: [1, 2, 2, 4] },
      nodes: [
        { op: "Concat", inputs: ["x", "y"], attributes: { axis: 2 } },
        { op: "MaxPool", inputs: ["t0"], attributes: { kernel_shape: [2, 2] } },
      ],
    },
  },
  {
    name: "Concat of rows, padded Conv",
    model: {
      inputs: { x: [1, 2, 3, 4], y: [1, 2, 2, 4] },
      nodes: [
        { op: "Concat", inputs: ["x", "y"], attributes: { axis: 2 } },
        { op: "Conv", inputs: ["t0", "w"], attributes: { pads: [1, 2, 1, 0], strides: [2, 1] } },
      ],
      constants: { w: weights([2, 2, 3, 3]) },
    },
  },
  {
    name: "Concat of Relu and a sum, Gemm, ArgMax",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "MatMul", inputs: ["x", "w"] },
        { op: "Relu", inputs: ["t0"] },
        { op: "MatMul", inputs: ["x", "v"] },
        { op: "Concat", inputs: ["t1", "t2", "t1"], attributes: { axis: -1 } },
        { op: "Gemm", inputs: ["t3", "u"] },
      ],
      constants: { w: weights([5, 3]), v: weights([5, 2]), u: weights([8, 4]) },
    },
  },
  {
    name: "Concat of the last axis, Reshape, MatMul",
    model: {
      inputs: { x: [2, 3], y: [2, 2] },
      nodes: [
        { op: "Concat", inputs: ["x", "y"], attributes: { axis: 1 } },
        { op: "Reshape", inputs: ["t0", "shape"] },
        { op: "MatMul", inputs: ["t1", "w"] },
      ],
      constants: { shape: list(1, 10), w: weights([10, 3]) },
    },
  },
  {
    name: "Concat of the first axis, Reshape, MatMul",
    model: {
      inputs: { x: [2, 3], y: [1, 3] },
      nodes: [
        { op: "Concat", inputs: ["x", "y"], attributes: { axis: 0 } },
        { op: "Reshape", inputs: ["t0", "shape"] },
        { op: "MatMul", inputs: ["t1", "w"] },
      ],
      constants: { shape: list(1, 9), w: weights([9, 2]) },
    },
  },
  {
    name: "Concat of channels into a grouped Conv",
    model: {
      inputs: { x: [1, 2, 3, 4], y: [1, 4, 3, 4] },
      nodes: [
        { op: "Concat", inputs: ["x", "y"], attributes: { axis: 1 } },
        { op: "Conv", inputs: ["t0", "w"], attributes: { group: 3, pads: [0, 1, 1, 0] } },
      ],
      constants: { w: weights([6, 2, 2, 3]) },
    },
  },
  {
    name: "Concat of channels that cuts a group",
    model: {
      inputs: { x: [1, 1, 3, 4], y: [1, 3, 3, 4] },
      nodes: [
        { op: "Concat", inputs: ["x", "y"], attributes: { axis: 1 } },
        { op: "Conv", inputs: ["t0", "w"], attributes: { group: 2 } },
      ],
      constants: { w: weights([4, 2, 2, 2]) },
    },
  },
  {
    name: "Concat of MaxPool and AveragePool, BatchNormalization",
    model: {
      inputs: { x: [1, 2, 5, 5] },
      nodes: [
        { op: "MaxPool", inputs: ["x"], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
        { op: "AveragePool", inputs: ["x"], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } },
        { op: "Concat", inputs: ["t0", "t1"], attributes: { axis: 1 } },
        { op: "BatchNormalization", inputs: ["t2", "s", "b", "m", "v"] },
      ],
      constants: { s: weights([4]), b: weights([4]), m: weights([4]), v: weights([4], 0.1, 1) },
    },
  },
  {
    name: "Squeeze, Unsqueeze, Identity, Dropout, Cast",
    model: {
      inputs: { x: [1, 5, 1] },
      nodes: [
        { op: "Squeeze", inputs: ["x", "a"] },
        { op: "Unsqueeze", inputs: ["t0", "b"] },
        { op: "Identity", inputs: ["t1"] },
        { op: "Dropout", inputs: ["t2"] },
        { op: "Cast", inputs: ["t3"], attributes: { to: 1 } },
        { op: "Relu", inputs: ["t4"] },
      ],
      constants: { a: list(2), b: list(0) },
    },
  },
  {
    name: "Squeeze and Unsqueeze by attribute",
    model: {
      inputs: { x: [1, 4, 1] },
      nodes: [
        { op: "Squeeze", inputs: ["x"] },
        { op: "Unsqueeze", inputs: ["t0"], attributes: { axes: [0, 2] } },
        { op: "Relu", inputs: ["t1"] },
      ],
      opset: 11,
    },
  },
  {
    name: "Slice forwards and backwards, Add",
    model: {
      inputs: { x: [1, 7, 3] },
      nodes: [
        { op: "Slice", inputs: ["x", "s", "e", "a", "p"] },
        { op: "Slice", inputs: ["x", "s2", "e2", "a", "p2"] },
        { op: "Add", inputs: ["t0", "t1"] },
      ],
      constants: { s: list(1), e: list(6), a: list(1), p: list(2), s2: list(-1), e2: list(0), p2: list(-2) },
    },
  },
  {
    name: "Slice backwards, padded Conv, Gemm",
    model: {
      inputs: { x: [1, 2, 5, 3] },
      nodes: [
        { op: "Slice", inputs: ["x", "s", "e", "a", "p"] },
        { op: "Conv", inputs: ["t0", "w"], attributes: { pads: [1, 0, 0, 1] } },
        { op: "Reshape", inputs: ["t1", "flat"] },
        { op: "Slice", inputs: ["t2", "s", "e", "last", "p"] },
        { op: "Gemm", inputs: ["t3", "v"] },
      ],
      constants: {
        s: list(-1),
        e: list(-100),
        a: list(2),
        last: list(1),
        p: list(-1),
        flat: list(1, -1),
        w: weights([3, 2, 2, 2]),
        v: weights([45, 2]),
      },
    },
  },
  {
    name: "Gather of one index, Gemm",
    model: {
      inputs: { x: [1, 3, 4] },
      nodes: [
        { op: "Gather", inputs: ["x", "i"], attributes: { axis: 1 } },
        { op: "Gemm", inputs: ["t0", "w"] },
      ],
      constants: { i: { shape: [], data: [-1], type: "int64" }, w: weights([4, 3]) },
    },
  },
  {
    name: "shape arithmetic, folded",
    model: {
      inputs: { x: ["N", 3, 4] },
      nodes: [
        { op: "Shape", inputs: ["x"] },
        { op: "Gather", inputs: ["t0", "zero"] },
        { op: "Unsqueeze", inputs: ["t1", "axes"] },
        { op: "Concat", inputs: ["t2", "rest"], attributes: { axis: 0 } },
        { op: "Reshape", inputs: ["x", "t3"] },
        { op: "Gemm", inputs: ["t4", "w"] },
      ],
      constants: { zero: { shape: [], data: [0], type: "int64" }, axes: list(0), rest: list(-1), w: weights([12, 2]) },
    },
  },
  {
    name: "Constant nodes",
    model: {
      inputs: { x: [1, 3] },
      nodes: [
        { op: "Constant", inputs: [], attributes: { value: { shape: [3], data: [0.5, -1, 2] } } },
        { op: "Add", inputs: ["x", "t0"] },
      ],
    },
  },
  {
    name: "two outputs from one tensor",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w"], outputs: ["a"] },
        { op: "Relu", inputs: ["a"], outputs: ["b"] },
      ],
      outputs: ["a", "b"],
      constants: { w: weights([5, 3]) },
    },
  },
  { name: "input as output", model: { inputs: { x: [1, 5] }, nodes: [{ op: "Identity", inputs: ["x"] }] } },
  {
    name: "MaxPool as output after Relu",
    model: {
      inputs: { x: [1, 1, 4, 4] },
      nodes: [
        { op: "Relu", inputs: ["x"] },
        { op: "MaxPool", inputs: ["t0"], attributes: { kernel_shape: [2, 2] } },
      ],
    },
  },
];
