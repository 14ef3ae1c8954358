/** Maxima and means. */
import { type Case, pool, weights } from "./case.ts";

export const POOL_CASES: readonly Case[] = [
  pool("MaxPool", "2x2 stride 2", [1, 3, 6, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool(
    "MaxPool",
    "3x3 stride 2, padded, negative",
    [1, 2, 7, 6],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    { lo: -5, hi: -1 },
  ),
  pool("MaxPool", "3x2 overlapping, asymmetric pads", [1, 2, 5, 7], { kernel_shape: [3, 2], pads: [2, 1, 0, 0] }),
  pool(
    "MaxPool",
    "padded, not negative",
    [1, 2, 5, 5],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    { lo: 0.2, hi: 1 },
  ),
  pool("MaxPool", "dilated", [1, 1, 8, 7], { kernel_shape: [2, 3], dilations: [3, 2] }),
  pool("MaxPool", "ceil mode", [1, 2, 6, 7], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }),
  pool("MaxPool", "one axis", [1, 2, 9], { kernel_shape: [4], strides: [3], pads: [1, 1] }),
  pool("AveragePool", "2x2", [1, 3, 4, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool("AveragePool", "padding left out", [1, 2, 5, 6], { kernel_shape: [3, 3], strides: [2, 1], pads: [1, 1, 1, 1] }),
  pool("AveragePool", "padding counted", [1, 2, 5, 6], {
    kernel_shape: [3, 3],
    strides: [2, 1],
    pads: [1, 1, 0, 2],
    count_include_pad: 1,
  }),
  pool("AveragePool", "one axis, ceil mode", [1, 2, 8], { kernel_shape: [3], strides: [3], ceil_mode: 1 }),
  pool("GlobalAveragePool", "", [1, 3, 5, 7], {}),
  pool("ReduceMean", "by attribute", [1, 3, 5, 7], { axes: [-1, 1], keepdims: 0 }, {}, 13),
  {
    name: "Conv, MaxPool, Relu, Conv, Flatten, Gemm",
    model: {
      inputs: { x: [1, 1, 11, 9] },
      nodes: [
        { op: "Conv", inputs: ["x", "w"] },
        { op: "MaxPool", inputs: ["t0"], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
        { op: "Relu", inputs: ["t1"] },
        { op: "Conv", inputs: ["t2", "v"] },
        { op: "MaxPool", inputs: ["t3"], attributes: { kernel_shape: [2, 2], strides: [1, 1] } },
        { op: "Flatten", inputs: ["t4"] },
        { op: "Gemm", inputs: ["t5", "u", "b"] },
      ],
      constants: { w: weights([3, 1, 3, 3]), v: weights([4, 3, 2, 2]), u: weights([8, 5]), b: weights([5]) },
    },
  },
  {
    name: "AveragePool between Convs",
    model: {
      inputs: { x: [1, 1, 8, 8] },
      nodes: [
        { op: "Conv", inputs: ["x", "w"] },
        { op: "Sigmoid", inputs: ["t0"] },
        { op: "AveragePool", inputs: ["t1"], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
        { op: "Conv", inputs: ["t2", "v"] },
        { op: "Sigmoid", inputs: ["t3"] },
      ],
      constants: { w: weights([3, 1, 3, 3]), v: weights([2, 3, 3, 3]) },
    },
  },
  {
    name: "MaxPool three times",
    model: {
      inputs: { x: [1, 1, 8, 9] },
      nodes: [
        { op: "MaxPool", inputs: ["x"], attributes: { kernel_shape: [2, 2] } },
        { op: "MaxPool", inputs: ["t0"], attributes: { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 0] } },
        { op: "MaxPool", inputs: ["t1"], attributes: { kernel_shape: [2, 3] } },
      ],
    },
  },
  pool("LpPool", "of order 2", [1, 2, 4, 5], { kernel_shape: [2, 3], strides: [1, 2] }),
  pool("LpPool", "of order 1, padded", [1, 1, 5], { kernel_shape: [3], p: 1, pads: [1, 1] }),
];
