/** Older and newer forms of an operator, its rarer attributes, and what may be left out. */
import { type Case, list, scalar, weights } from "./case.ts";

const index = (value: number) => ({ shape: [], data: [value], type: "int64" }) as const;

export const FORM_CASES: readonly Case[] = [
  {
    name: "TopK with k as an attribute",
    model: {
      inputs: { x: [2, 6] },
      nodes: [{ op: "TopK", inputs: ["x"], outputs: ["values", "indices"], attributes: { k: 2 } }],
      outputs: ["values"],
      opset: 9,
    },
  },
  {
    name: "GlobalLpPool",
    model: { inputs: { x: [1, 3, 3, 5] }, nodes: [{ op: "GlobalLpPool", inputs: ["x"] }] },
  },
  {
    name: "GlobalLpPool of order 1, one axis",
    model: { inputs: { x: [2, 3, 7] }, nodes: [{ op: "GlobalLpPool", inputs: ["x"], attributes: { p: 1 } }] },
  },
  {
    name: "IsInf, Where",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "IsInf", inputs: ["x"] },
        { op: "Where", inputs: ["t0", "zero", "x"] },
      ],
      constants: { zero: scalar(0) },
    },
  },
  {
    name: "CastLike of a comparison",
    model: {
      inputs: { x: [2, 3], y: [2, 3] },
      nodes: [
        { op: "Greater", inputs: ["x", "y"] },
        { op: "CastLike", inputs: ["t0", "x"] },
        { op: "Mul", inputs: ["t1", "y"] },
      ],
      opset: 15,
    },
    jumps: true,
  },
  {
    name: "nearest upsampling by sizes from Shape, Slice, Mul, Concat",
    model: {
      inputs: { x: [1, 2, 3, 3] },
      nodes: [
        { op: "Shape", inputs: ["x"], outputs: ["shape"] },
        { op: "Slice", inputs: ["shape", "zero", "two"], outputs: ["head"] },
        { op: "Slice", inputs: ["shape", "two", "four"], outputs: ["tail"] },
        { op: "Mul", inputs: ["tail", "factor"], outputs: ["double"] },
        { op: "Concat", inputs: ["head", "double"], outputs: ["sizes"], attributes: { axis: 0 } },
        {
          op: "Resize",
          inputs: ["x", "", "", "sizes"],
          attributes: { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
        },
        { op: "Conv", inputs: ["t5", "w"], attributes: { pads: [1, 1, 1, 1] } },
      ],
      constants: { zero: list(0), two: list(2), four: list(4), factor: list(2, 2), w: weights([2, 2, 3, 3]) },
    },
  },
  {
    name: "Pad of some axes, Conv without padding",
    model: {
      inputs: { x: [1, 2, 4, 4] },
      nodes: [
        { op: "Pad", inputs: ["x", "pads", "", "axes"] },
        { op: "Conv", inputs: ["t0", "w"], attributes: { strides: [2, 2] } },
      ],
      constants: { pads: list(0, 0, 1, 1), axes: list(2, 3), w: weights([3, 2, 3, 3]) },
      opset: 18,
    },
  },
  {
    name: "ReduceSum of no axes that means none",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        { op: "ReduceSum", inputs: ["x", "none"], attributes: { noop_with_empty_axes: 1 } },
        { op: "Relu", inputs: ["t0"] },
      ],
      constants: { none: { shape: [0], data: [], type: "int64" } },
      opset: 18,
    },
  },
  {
    name: "ReduceMax of all axes, keepdims 0, Add",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        { op: "ReduceMax", inputs: ["x"], attributes: { keepdims: 0 } },
        { op: "Add", inputs: ["t0", "x"] },
      ],
      opset: 20,
    },
  },
  {
    name: "Unsqueeze, Squeeze and Slice with attributes",
    model: {
      inputs: { x: [2, 5] },
      nodes: [
        { op: "Unsqueeze", inputs: ["x"], attributes: { axes: [0, 3] } },
        { op: "Slice", inputs: ["t0"], attributes: { starts: [1], ends: [-1], axes: [2] } },
        { op: "Squeeze", inputs: ["t1"], attributes: { axes: [3] } },
        { op: "MatMul", inputs: ["t2", "w"] },
      ],
      constants: { w: weights([3, 2]) },
      opset: 9,
    },
  },
  {
    name: "Softmax until opset 12 over the axes from 1 on",
    model: { inputs: { x: [2, 3, 4] }, nodes: [{ op: "Softmax", inputs: ["x"], attributes: { axis: 1 } }], opset: 11 },
    lo: -2,
    hi: 2,
  },
  {
    name: "Clip with bounds as attributes, Relu6",
    model: {
      inputs: { x: [1, 4] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w", "b"] },
        { op: "Clip", inputs: ["t0"], attributes: { min: { float: 0 }, max: { float: 6 } } },
      ],
      constants: { w: weights([4, 3], -8, 8), b: weights([3]) },
      opset: 10,
    },
  },
  {
    name: "ConvTranspose to a given shape",
    model: {
      inputs: { x: [1, 2, 3, 3] },
      nodes: [{ op: "ConvTranspose", inputs: ["x", "w"], attributes: { strides: [2, 2], output_shape: [6, 6] } }],
      constants: { w: weights([2, 3, 3, 3]) },
    },
  },
  {
    name: "ConvTranspose SAME_UPPER, groups",
    model: {
      inputs: { x: [1, 4, 3, 3] },
      nodes: [
        {
          op: "ConvTranspose",
          inputs: ["x", "w", "b"],
          attributes: { strides: [2, 2], auto_pad: "SAME_UPPER", group: 2 },
        },
      ],
      constants: { w: weights([4, 2, 3, 3]), b: weights([4]) },
    },
  },
  {
    name: "AveragePool with dilations",
    model: {
      inputs: { x: [1, 2, 7, 6] },
      nodes: [{ op: "AveragePool", inputs: ["x"], attributes: { kernel_shape: [2, 3], dilations: [2, 2] } }],
      opset: 19,
    },
  },
  {
    name: "AveragePool ceil mode, padding counted",
    model: {
      inputs: { x: [1, 2, 5, 6] },
      nodes: [
        {
          op: "AveragePool",
          inputs: ["x"],
          attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: 1 },
        },
      ],
      opset: 19,
    },
  },
  {
    name: "MaxPool ceil mode, dilations, SAME_LOWER after Relu",
    model: {
      inputs: { x: [1, 2, 6, 7] },
      nodes: [
        { op: "Relu", inputs: ["x"] },
        {
          op: "MaxPool",
          inputs: ["t0"],
          attributes: { kernel_shape: [3, 2], strides: [2, 2], auto_pad: "SAME_LOWER" },
        },
        { op: "MaxPool", inputs: ["t1"], attributes: { kernel_shape: [2, 2], dilations: [2, 2], ceil_mode: 1 } },
      ],
    },
  },
  {
    name: "MatMul of tensors with broadcast leading axes",
    model: { inputs: { x: [2, 1, 3, 4], y: [3, 4, 2] }, nodes: [{ op: "MatMul", inputs: ["x", "y"] }] },
  },
  {
    name: "Gemm with a scalar C, beta",
    model: {
      inputs: { x: [3, 4] },
      nodes: [{ op: "Gemm", inputs: ["x", "w", "c"], attributes: { beta: { float: 0.5 }, transA: 1 } }],
      constants: { w: weights([3, 2]), c: scalar(0.7) },
    },
  },
  {
    name: "Pow by an int64 exponent",
    model: {
      inputs: { x: [1, 5] },
      nodes: [{ op: "Pow", inputs: ["x", "two"] }],
      constants: { two: index(2) },
      opset: 15,
    },
  },
  {
    name: "LayerNormalization over two axes",
    model: {
      inputs: { x: [2, 3, 4] },
      nodes: [{ op: "LayerNormalization", inputs: ["x", "gain", "bias"], attributes: { axis: 1 } }],
      constants: { gain: weights([3, 4], 0.5, 1.5), bias: weights([3, 4]) },
    },
  },
  {
    name: "Reshape with zeros and minus one, Transpose, Flatten from axis 2",
    model: {
      inputs: { x: [2, 3, 4] },
      nodes: [
        { op: "Reshape", inputs: ["x", "to"] },
        { op: "Transpose", inputs: ["t0"] },
        { op: "Flatten", inputs: ["t1"], attributes: { axis: 2 } },
        { op: "Relu", inputs: ["t2"] },
      ],
      constants: { to: list(0, 0, 2, -1) },
    },
  },
  {
    name: "Tile and Expand of a computed vector, Concat of three",
    model: {
      inputs: { x: [1, 3] },
      nodes: [
        { op: "Relu", inputs: ["x"] },
        { op: "Tile", inputs: ["t0", "twice"] },
        { op: "Expand", inputs: ["x", "to"] },
        { op: "Concat", inputs: ["t1", "t2", "t1"], attributes: { axis: 0 } },
      ],
      constants: { twice: list(2, 1), to: list(2, 3) },
    },
  },
  {
    name: "Slice backwards over the whole axis",
    model: {
      inputs: { x: [2, 5] },
      nodes: [{ op: "Slice", inputs: ["x", "start", "end", "axis", "step"] }],
      constants: { start: list(-1), end: list(-6), axis: list(1), step: list(-2) },
    },
  },
  {
    name: "Max of three with a broadcast scalar, Min, Sum",
    model: {
      inputs: { x: [2, 3], y: [3] },
      nodes: [
        { op: "Max", inputs: ["x", "y", "c"] },
        { op: "Min", inputs: ["t0", "x"] },
        { op: "Sum", inputs: ["t0", "t1", "y"] },
      ],
      constants: { c: scalar(-0.2) },
    },
  },
  {
    name: "Where of a broadcast condition and scalars",
    model: {
      inputs: { x: [2, 3], y: [2, 1] },
      nodes: [
        { op: "Less", inputs: ["y", "zero"] },
        { op: "Where", inputs: ["t0", "x", "one"] },
      ],
      constants: { zero: scalar(0), one: scalar(1) },
    },
    jumps: true,
  },
  {
    name: "GroupNormalization by channel",
    model: {
      inputs: { x: [1, 4, 3, 2] },
      nodes: [{ op: "GroupNormalization", inputs: ["x", "gain", "bias"], attributes: { num_groups: 2 } }],
      constants: { gain: weights([4], 0.5, 1.5), bias: weights([4]) },
      opset: 21,
    },
  },
];
