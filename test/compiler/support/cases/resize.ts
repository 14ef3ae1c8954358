/** Images made larger and smaller: Resize, Upsample, ConvTranspose. */
import type { TestAttribute } from "../onnx.ts";
import { type Case, list, weights } from "./case.ts";

function resized(
  name: string,
  x: readonly number[],
  by: { readonly scales: readonly number[] } | { readonly sizes: readonly number[] },
  attributes: Record<string, TestAttribute> = {},
): Case {
  const given = "scales" in by ? { s: { shape: [by.scales.length], data: by.scales } } : { n: list(...by.sizes) };
  const inputs = "scales" in by ? ["x", "", "s"] : ["x", "", "", "n"];
  return {
    name: `Resize ${name}`,
    model: { inputs: { x }, nodes: [{ op: "Resize", inputs, attributes }], constants: given },
  };
}

const image = [1, 2, 3, 4];

function transposed(
  name: string,
  x: readonly number[],
  w: readonly number[],
  attributes: Record<string, TestAttribute>,
): Case {
  const groups = typeof attributes["group"] === "number" ? attributes["group"] : 1;
  return {
    name: `ConvTranspose ${name}`,
    model: {
      inputs: { x },
      nodes: [{ op: "ConvTranspose", inputs: ["x", "w", "b"], attributes }],
      constants: { w: weights(w), b: weights([w[1] * groups]) },
    },
  };
}

export const RESIZE_CASES: readonly Case[] = [
  resized(
    "nearest by whole factors",
    image,
    { scales: [1, 1, 2, 3] },
    { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
  ),
  resized(
    "nearest by factors that are not whole",
    image,
    { sizes: [1, 2, 4, 9] },
    { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" },
  ),
  resized("nearest, half pixels", image, { sizes: [1, 2, 5, 6] }),
  resized(
    "nearest, smaller, prefer ceil",
    [1, 1, 5, 7],
    { scales: [1, 1, 0.6, 0.5] },
    { nearest_mode: "round_prefer_ceil" },
  ),
  resized(
    "nearest, aligned corners, ceil",
    image,
    { sizes: [1, 2, 4, 7] },
    { coordinate_transformation_mode: "align_corners", nearest_mode: "ceil" },
  ),
  resized("linear, half pixels", image, { scales: [1, 1, 2, 2] }, { mode: "linear" }),
  resized(
    "linear, aligned corners",
    image,
    { sizes: [1, 2, 5, 7] },
    { mode: "linear", coordinate_transformation_mode: "align_corners" },
  ),
  resized(
    "linear, smaller, PyTorch",
    [1, 1, 5, 6],
    { sizes: [1, 1, 1, 4] },
    { mode: "linear", coordinate_transformation_mode: "pytorch_half_pixel" },
  ),
  resized("cubic", image, { scales: [1, 1, 2, 1.5] }, { mode: "cubic" }),
  resized(
    "cubic, outside left out",
    [1, 1, 4, 4],
    { sizes: [1, 1, 6, 7] },
    { mode: "cubic", cubic_coeff_a: { float: -0.5 }, exclude_outside: 1 },
  ),
  {
    name: "Upsample, Conv",
    model: {
      inputs: { x: [1, 2, 3, 3] },
      nodes: [
        { op: "Upsample", inputs: ["x", "s"] },
        { op: "Conv", inputs: ["t0", "w"], attributes: { pads: [1, 1, 1, 1] } },
      ],
      constants: { s: { shape: [4], data: [1, 1, 2, 2] }, w: weights([3, 2, 3, 3]) },
      opset: 9,
    },
  },
  transposed("stride 1", [1, 2, 3, 4], [2, 3, 3, 2], {}),
  transposed("stride 2, padding, output padding", [1, 2, 3, 3], [2, 3, 3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    output_padding: [1, 0],
  }),
  transposed("groups, dilations", [1, 4, 3, 2], [4, 1, 2, 2], { group: 2, strides: [1, 3], dilations: [2, 1] }),
  transposed("1-D", [2, 3, 5], [3, 2, 4], { strides: [3], pads: [2, 1] }),
  transposed("same size times the stride", [1, 1, 3, 4], [1, 2, 3, 3], { strides: [2, 2], auto_pad: "SAME_UPPER" }),
  transposed("asked shape", [1, 1, 3, 3], [1, 1, 4, 4], { strides: [2, 2], output_shape: [7, 6] }),
];
