/** Padding, repetition, blocks, triangles, running sums, and elements at constant positions. */
import type { TestAttribute, TestTensor } from "../onnx.ts";
import { type Case, list, scalar, weights } from "./case.ts";

function alone(
  name: string,
  op: string,
  x: readonly number[],
  constants: Record<string, TestTensor> = {},
  attributes: Record<string, TestAttribute> = {},
  more: Partial<Case> & { readonly opset?: number } = {},
): Case {
  const { opset = 17, ...rest } = more;
  const inputs = ["x", ...Object.keys(constants)];
  return { name, model: { inputs: { x }, nodes: [{ op, inputs, attributes }], constants, opset }, ...rest };
}

const indices = (shape: readonly number[], ...data: number[]): TestTensor => ({ shape, data, type: "int64" });

const PADS: readonly Case[] = [
  alone("Pad with zeros", "Pad", [1, 2, 3], { p: list(0, 1, 2, 0, 0, 1) }),
  alone("Pad with a value", "Pad", [2, 3], { p: list(1, 0, 0, 2), v: scalar(0.5) }),
  alone("Pad that crops", "Pad", [4, 5], { p: list(-1, 1, 0, -2) }),
  alone("Pad by attribute", "Pad", [2, 3], {}, { pads: [0, 1, 1, 0], value: { float: -0.25 } }, { opset: 10 }),
  alone("Pad of some axes", "Pad", [2, 3, 4], { p: list(1, 2), v: scalar(0), a: list(-1) }, {}, { opset: 18 }),
  ...["reflect", "edge"].map((mode) => alone(`Pad ${mode}`, "Pad", [1, 4, 5], { p: list(0, 2, 3, 0, 1, 2) }, { mode })),
  alone("Pad wrap", "Pad", [1, 4, 5], { p: list(0, 2, 3, 0, 1, 2) }, { mode: "wrap" }, { opset: 19 }),
  {
    name: "Pad, Conv",
    model: {
      inputs: { x: [1, 2, 4, 5] },
      nodes: [
        { op: "Pad", inputs: ["x", "p"], attributes: { mode: "reflect" } },
        { op: "Conv", inputs: ["t0", "w"] },
      ],
      constants: { p: list(0, 0, 1, 1, 0, 0, 1, 1), w: weights([3, 2, 3, 3]) },
    },
  },
  {
    name: "Relu, Pad with zeros, MaxPool",
    model: {
      inputs: { x: [1, 1, 5, 4] },
      nodes: [
        { op: "Relu", inputs: ["x"] },
        { op: "Pad", inputs: ["t0", "p"] },
        { op: "MaxPool", inputs: ["t1"], attributes: { kernel_shape: [3, 2], strides: [2, 2] } },
      ],
      constants: { p: list(0, 0, 1, 0, 0, 0, 1, 1) },
    },
  },
];

const BLOCKS: readonly Case[] = [
  alone("Tile", "Tile", [2, 1, 3], { r: list(2, 3, 2) }),
  alone("DepthToSpace", "DepthToSpace", [1, 12, 2, 3], {}, { blocksize: 2 }),
  alone("DepthToSpace CRD", "DepthToSpace", [2, 8, 3, 1], {}, { blocksize: 2, mode: "CRD" }),
  alone("SpaceToDepth", "SpaceToDepth", [1, 3, 4, 6], {}, { blocksize: 2 }),
  {
    name: "DepthToSpace, Conv",
    model: {
      inputs: { x: [1, 8, 2, 3] },
      nodes: [
        { op: "DepthToSpace", inputs: ["x"], attributes: { blocksize: 2 } },
        { op: "Conv", inputs: ["t0", "w"], attributes: { pads: [1, 1, 1, 1] } },
      ],
      constants: { w: weights([3, 2, 3, 3]) },
    },
  },
];

const TRIANGLES: readonly Case[] = [
  alone("Trilu upper", "Trilu", [2, 3, 5]),
  alone("Trilu lower below the diagonal", "Trilu", [4, 3], { k: indices([], -1) }, { upper: 0 }),
];

const POSITIONS: readonly Case[] = [
  alone("GatherElements", "GatherElements", [3, 4], { i: indices([2, 3], 0, 2, -1, 1, 1, 0) }),
  alone("GatherElements of the last axis", "GatherElements", [2, 5], { i: indices([2, 2], 4, 0, 1, 3) }, { axis: -1 }),
  alone("GatherND", "GatherND", [3, 2, 4], { i: indices([2, 2], 2, 0, -1, 1) }),
  alone("GatherND with a batch", "GatherND", [2, 3, 2], { i: indices([2, 1], 2, 0) }, { batch_dims: 1 }),
  alone("ReverseSequence", "ReverseSequence", [4, 3], { l: list(4, 1, 2) }),
  alone("ReverseSequence, batch first", "ReverseSequence", [2, 5], { l: list(3, 5) }, { time_axis: 1, batch_axis: 0 }),
  {
    name: "ScatterElements",
    model: {
      inputs: { x: [3, 4], u: [2, 2] },
      nodes: [{ op: "ScatterElements", inputs: ["x", "i", "u"], attributes: { axis: 1 } }],
      constants: { i: indices([2, 2], 3, 0, -2, 1) },
    },
  },
  {
    name: "ScatterND of rows, Gemm",
    model: {
      inputs: { x: [4, 3], u: [2, 3] },
      nodes: [
        { op: "ScatterND", inputs: ["x", "i", "u"] },
        { op: "Gemm", inputs: ["t0", "w"] },
      ],
      constants: { i: indices([2, 1], 3, 1), w: weights([3, 2]) },
    },
  },
];

const FOLDED: readonly Case[] = [
  {
    name: "Range, ConstantOfShape, OneHot, Size and EyeLike, folded",
    model: {
      inputs: { x: [3, 3] },
      nodes: [
        { op: "Range", inputs: ["zero", "three", "one"] },
        { op: "OneHot", inputs: ["t0", "depth", "values"] },
        { op: "MatMul", inputs: ["x", "t1"] },
        { op: "EyeLike", inputs: ["x"], attributes: { k: 1 } },
        { op: "Add", inputs: ["t2", "t3"] },
        { op: "ConstantOfShape", inputs: ["shape"], attributes: { value: { shape: [1], data: [0.25] } } },
        { op: "Add", inputs: ["t4", "t5"] },
        { op: "Size", inputs: ["x"] },
        { op: "Cast", inputs: ["t7"], attributes: { to: 1 } },
        { op: "Mul", inputs: ["t6", "t8"] },
      ],
      constants: {
        zero: indices([], 0),
        three: indices([], 3),
        one: indices([], 1),
        depth: indices([], 3),
        values: { shape: [2], data: [0, 1] },
        shape: list(3, 3),
      },
    },
  },
  {
    name: "Concat with constants",
    model: {
      inputs: { x: [2, 3], y: [2, 1] },
      nodes: [
        { op: "Concat", inputs: ["x", "c", "y", "d"], attributes: { axis: 1 } },
        { op: "Gemm", inputs: ["t0", "w"] },
      ],
      constants: { c: weights([2, 2]), d: weights([2, 1]), w: weights([7, 2]) },
    },
  },
];

export const LAYOUT_CASES: readonly Case[] = [...PADS, ...BLOCKS, ...TRIANGLES, ...POSITIONS, ...FOLDED];
