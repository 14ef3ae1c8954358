/** Softmax and normalizations, alone and in attention. */
import type { TestAttribute } from "../onnx.ts";
import { type Case, scalar, weights } from "./case.ts";

function softmax(
  name: string,
  x: readonly number[],
  attributes: Record<string, TestAttribute>,
  more: Partial<Case> & { readonly op?: string; readonly opset?: number } = {},
): Case {
  const { op = "Softmax", opset = 17, ...rest } = more;
  return {
    name: `${op} ${name}`,
    model: { inputs: { x }, nodes: [{ op, inputs: ["x"], attributes }], opset },
    lo: -3,
    hi: 3,
    ...rest,
  };
}

function layerNormalization(name: string, x: readonly number[], axis: number, hasBias: boolean): Case {
  const shape = x.slice(axis);
  return {
    name: `LayerNormalization ${name}`,
    model: {
      inputs: { x },
      nodes: [
        { op: "LayerNormalization", inputs: hasBias ? ["x", "scale", "bias"] : ["x", "scale"], attributes: { axis } },
      ],
      constants: { scale: weights(shape, 0.5, 1.5), ...(hasBias ? { bias: weights(shape) } : {}) },
    },
  };
}

/** Queries, keys and values of two heads, scores scaled, softmax, values mixed, projected. */
const ATTENTION: Case = {
  name: "LayerNormalization, attention of two heads, residual",
  model: {
    inputs: { x: [1, 5, 6] },
    nodes: [
      { op: "LayerNormalization", inputs: ["x", "scale", "bias"], outputs: ["n"] },
      ...["q", "k", "v"].flatMap((name) => [
        { op: "MatMul", inputs: ["n", `w${name}`], outputs: [`${name}0`] },
        { op: "Reshape", inputs: [`${name}0`, "heads"], outputs: [`${name}1`] },
        {
          op: "Transpose",
          inputs: [`${name}1`],
          outputs: [name],
          attributes: { perm: name === "k" ? [0, 2, 3, 1] : [0, 2, 1, 3] },
        },
      ]),
      { op: "MatMul", inputs: ["q", "k"], outputs: ["s0"] },
      { op: "Div", inputs: ["s0", "root"], outputs: ["s"] },
      { op: "Softmax", inputs: ["s"], outputs: ["p"] },
      { op: "MatMul", inputs: ["p", "v"], outputs: ["m0"] },
      { op: "Transpose", inputs: ["m0"], outputs: ["m1"], attributes: { perm: [0, 2, 1, 3] } },
      { op: "Reshape", inputs: ["m1", "flat"], outputs: ["m"] },
      { op: "MatMul", inputs: ["m", "wo"], outputs: ["o"] },
      { op: "Add", inputs: ["o", "x"], outputs: ["y"] },
    ],
    constants: {
      scale: weights([6], 0.5, 1.5),
      bias: weights([6]),
      wq: weights([6, 6]),
      wk: weights([6, 6]),
      wv: weights([6, 6]),
      wo: weights([6, 6]),
      heads: { shape: [4], data: [1, 5, 2, 3], type: "int64" },
      flat: { shape: [3], data: [1, 5, 6], type: "int64" },
      root: scalar(1.7320508),
    },
  },
};

export const NORMALIZATION_CASES: readonly Case[] = [
  softmax("over the last axis", [2, 3, 5], {}),
  softmax("over the middle axis", [2, 5, 3], { axis: 1 }),
  softmax("over one value", [3, 1], {}),
  softmax("of negative values far apart", [1, 7], {}, { lo: -30, hi: -2 }),
  softmax("over all axes from 1, opset 11", [2, 3, 4], { axis: 1 }, { opset: 11 }),
  softmax("over the last axis", [3, 6], { axis: -1 }, { op: "LogSoftmax" }),
  softmax("over the first axis", [3, 5], { axis: 0 }, { op: "LogSoftmax" }),
  layerNormalization("over the last axis", [2, 3, 7], 2, true),
  layerNormalization("over two axes, no bias", [2, 3, 5], 1, false),
  ATTENTION,
  {
    name: "x · (1 + Erf(x / sqrt 2)) / 2 of a Gemm, Gemm",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w"] },
        { op: "Div", inputs: ["t0", "root"] },
        { op: "Erf", inputs: ["t1"] },
        { op: "Add", inputs: ["t2", "one"] },
        { op: "Mul", inputs: ["half", "t3"] },
        { op: "Mul", inputs: ["t0", "t4"] },
        { op: "Gemm", inputs: ["t5", "v"] },
      ],
      constants: {
        w: weights([5, 7]),
        v: weights([7, 3]),
        root: scalar(Math.SQRT2),
        one: scalar(1),
        half: scalar(0.5),
      },
    },
    lo: -3,
    hi: 3,
  },
  {
    name: "x · Sigmoid(x) of a Gemm",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Gemm", inputs: ["x", "w"] },
        { op: "Sigmoid", inputs: ["t0"] },
        { op: "Mul", inputs: ["t1", "t0"] },
      ],
      constants: { w: weights([5, 6]) },
    },
    lo: -3,
    hi: 3,
  },
];
