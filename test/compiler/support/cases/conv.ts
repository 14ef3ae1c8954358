/** Convolutions, batch normalization, residual blocks. */
import { type Case, conv, scalar, weights } from "./case.ts";

export const CONV_CASES: readonly Case[] = [
  conv("3x3 padded", [1, 2, 5, 6], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
  conv("without padding, Relu", [1, 3, 6, 5], [4, 3, 3, 2], {}, {}, ["Relu"]),
  conv(
    "strides 2 and 3, asymmetric pads",
    [1, 2, 7, 8],
    [3, 2, 3, 3],
    { strides: [2, 3], pads: [0, 2, 1, 0] },
    { lo: -2, hi: -0.1 },
  ),
  conv("dilations", [1, 1, 9, 8], [2, 1, 3, 2], { dilations: [3, 2], pads: [2, 1, 0, 1] }),
  conv("groups", [1, 4, 5, 5], [6, 2, 3, 3], { group: 2, pads: [1, 0, 1, 0], strides: [1, 2] }),
  conv("depthwise and Relu", [1, 3, 6, 5], [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }, { lo: 0 }, ["Relu"]),
  conv("1x1", [1, 5, 3, 3], [4, 5, 1, 1], {}),
  conv("1x1 stride 2", [1, 4, 5, 5], [4, 4, 1, 1], { strides: [2, 2] }),
  conv("batch 2", [2, 2, 4, 4], [3, 2, 2, 2], { pads: [1, 0, 0, 1] }),
  conv("one spatial axis", [1, 3, 10], [4, 3, 3], { strides: [2], pads: [2, 1] }, {}, ["Tanh"]),
  conv("SAME_UPPER", [1, 1, 5, 6], [2, 1, 4, 3], { auto_pad: "SAME_UPPER", strides: [2, 2] }),
  conv("SAME_LOWER", [1, 1, 5, 6], [2, 1, 4, 3], { auto_pad: "SAME_LOWER", strides: [2, 2] }),
  conv("kernel larger than the input", [1, 1, 2, 2], [2, 1, 5, 5], { pads: [2, 2, 2, 2] }),
  {
    name: "Conv, BatchNormalization, Add of a second Conv, Relu",
    model: {
      inputs: { x: [1, 3, 5, 5] },
      nodes: [
        { op: "Conv", inputs: ["x", "w"], attributes: { pads: [1, 1, 1, 1] } },
        { op: "BatchNormalization", inputs: ["t0", "scale", "shift", "mean", "variance"] },
        { op: "Conv", inputs: ["x", "v"] },
        { op: "Add", inputs: ["t1", "t2"] },
        { op: "Relu", inputs: ["t3"] },
      ],
      constants: {
        w: weights([4, 3, 3, 3]),
        v: weights([4, 3, 1, 1]),
        scale: weights([4], 0.5, 1.5),
        shift: weights([4]),
        mean: weights([4]),
        variance: weights([4], 0.2, 2),
      },
    },
  },
  {
    name: "residual block with a skip from Relu",
    model: {
      inputs: { x: [1, 2, 4, 5] },
      nodes: [
        { op: "Conv", inputs: ["x", "w"], attributes: { pads: [1, 1, 1, 1] } },
        { op: "Relu", inputs: ["t0"] },
        { op: "Conv", inputs: ["t1", "v"], attributes: { pads: [1, 1, 1, 1] } },
        { op: "Add", inputs: ["t2", "t1"] },
        { op: "Clip", inputs: ["t3", "lo", "hi"] },
      ],
      constants: { w: weights([3, 2, 3, 3]), v: weights([3, 3, 3, 3]), lo: scalar(0), hi: scalar(0.8) },
    },
  },
  {
    name: "BatchNormalization alone",
    model: {
      inputs: { x: [1, 3, 2, 5] },
      nodes: [
        { op: "BatchNormalization", inputs: ["x", "s", "b", "m", "v"], attributes: { epsilon: { float: 0.01 } } },
      ],
      constants: { s: weights([3]), b: weights([3]), m: weights([3]), v: weights([3], 0.1, 1) },
    },
  },
  {
    name: "Mul and Add before a padded Conv",
    model: {
      inputs: { x: [1, 2, 4, 5] },
      nodes: [
        { op: "Mul", inputs: ["x", "m"] },
        { op: "Add", inputs: ["t0", "a"] },
        { op: "Conv", inputs: ["t1", "w"], attributes: { pads: [1, 1, 1, 1] } },
      ],
      constants: { m: weights([2, 1, 1]), a: weights([1, 2, 1, 1]), w: weights([3, 2, 3, 3]) },
    },
  },
  {
    name: "Mul and Add before a Conv without padding",
    model: {
      inputs: { x: [1, 2, 4, 5] },
      nodes: [
        { op: "Mul", inputs: ["x", "m"] },
        { op: "Add", inputs: ["t0", "a"] },
        { op: "Conv", inputs: ["t1", "w"] },
      ],
      constants: { m: weights([2, 1, 1]), a: weights([1, 2, 1, 1]), w: weights([3, 2, 3, 3]) },
    },
  },
];
