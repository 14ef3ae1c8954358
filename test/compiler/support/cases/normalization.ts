/** Softmax and normalizations, alone and in attention. */
import type { TestAttribute, TestModel, TestNode, TestTensor } from "../onnx.ts";
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

/** Scores of tokens among themselves, later ones masked. */
function causal(name: string, mask: TestNode, constants: TestModel["constants"]): Case {
  return {
    name: `causal attention, ${name}`,
    model: {
      inputs: { x: [1, 5, 4] },
      nodes: [
        { op: "Transpose", inputs: ["x"], outputs: ["k"], attributes: { perm: [0, 2, 1] } },
        { op: "MatMul", inputs: ["x", "k"], outputs: ["s"] },
        mask,
        { op: "Softmax", inputs: ["masked"], outputs: ["p"] },
        { op: "MatMul", inputs: ["p", "x"], outputs: ["mixed"] },
      ],
      constants: constants ?? {},
    },
  };
}

function triangle(inside: number, outside: number): number[] {
  return Array.from({ length: 25 }, (_, i) => (i % 5 <= Math.floor(i / 5) ? inside : outside));
}

function attention(
  name: string,
  shapes: Readonly<Record<"q" | "k" | "v", readonly number[]>>,
  attributes: Record<string, TestAttribute>,
  mask?: TestTensor,
): Case {
  return {
    name: `Attention ${name}`,
    model: {
      inputs: shapes,
      nodes: [{ op: "Attention", inputs: mask ? ["q", "k", "v", "mask"] : ["q", "k", "v"], attributes }],
      constants: mask ? { mask } : {},
      opset: 23,
    },
    lo: -2,
    hi: 2,
  };
}

function rotary(name: string, x: readonly number[], attributes: Record<string, TestAttribute>): Case {
  return {
    name: `RotaryEmbedding ${name}`,
    model: {
      inputs: { x },
      nodes: [{ op: "RotaryEmbedding", inputs: ["x", "cos", "sin", "positions"], attributes }],
      constants: {
        cos: weights([7, 2]),
        sin: weights([7, 2]),
        positions: { shape: [1, 3], data: [0, 2, 5], type: "int64" },
      },
      opset: 23,
    },
  };
}

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
  causal(
    "Add of minus infinity",
    { op: "Add", inputs: ["s", "m"], outputs: ["masked"] },
    {
      m: { shape: [5, 5], data: triangle(0, Number.NEGATIVE_INFINITY) },
    },
  ),
  causal(
    "Where with a large negative constant",
    { op: "Where", inputs: ["m", "s", "low"], outputs: ["masked"] },
    {
      m: { shape: [5, 5], data: triangle(1, 0), type: "bool" },
      low: scalar(-3.4e38),
    },
  ),
  attention("of two heads", { q: [1, 2, 3, 4], k: [1, 2, 5, 4], v: [1, 2, 5, 3] }, {}),
  attention(
    "flat, causal, shared keys",
    { q: [1, 5, 12], k: [1, 5, 6], v: [1, 5, 6] },
    {
      q_num_heads: 4,
      kv_num_heads: 2,
      is_causal: 1,
    },
  ),
  attention(
    "with a mask and a scale",
    { q: [1, 1, 3, 5], k: [1, 1, 3, 5], v: [1, 1, 3, 5] },
    { scale: { float: 0.3 } },
    { shape: [3, 3], data: [1, 1, 0, 0, 1, 1, 1, 0, 1], type: "bool" },
  ),
  rotary("halves", [1, 2, 3, 4], {}),
  rotary("interleaved, flat, some features", [1, 3, 12], { interleaved: 1, num_heads: 2, rotary_embedding_dim: 4 }),
  {
    name: "RMSNormalization over the last axis",
    model: {
      inputs: { x: [2, 3, 7] },
      nodes: [{ op: "RMSNormalization", inputs: ["x", "scale"] }],
      constants: { scale: weights([7], 0.5, 1.5) },
      opset: 23,
    },
  },
  {
    name: "LayerNormalization of what is normalized, whose mean is 0",
    model: {
      inputs: { x: [2, 7] },
      nodes: [
        { op: "LayerNormalization", inputs: ["x", "one"] },
        { op: "LayerNormalization", inputs: ["t0", "scale", "bias"] },
      ],
      constants: { one: { shape: [1], data: [1] }, scale: weights([7], 0.5, 1.5), bias: weights([7]) },
    },
  },
  {
    name: "InstanceNormalization",
    model: {
      inputs: { x: [2, 3, 2, 5] },
      nodes: [{ op: "InstanceNormalization", inputs: ["x", "scale", "bias"] }],
      constants: { scale: weights([3], 0.5, 1.5), bias: weights([3]) },
    },
  },
  {
    name: "GroupNormalization of 2 groups",
    model: {
      inputs: { x: [1, 6, 5] },
      nodes: [{ op: "GroupNormalization", inputs: ["x", "scale", "bias"], attributes: { num_groups: 2 } }],
      constants: { scale: weights([6], 0.5, 1.5), bias: weights([6]) },
      opset: 21,
    },
  },
  {
    name: "MeanVarianceNormalization over 0, 2, 3",
    model: { inputs: { x: [2, 3, 2, 3] }, nodes: [{ op: "MeanVarianceNormalization", inputs: ["x"] }] },
    undefinedAt: "equal",
  },
  {
    name: "LpNormalization 1 over the middle axis",
    model: {
      inputs: { x: [2, 5, 3] },
      nodes: [{ op: "LpNormalization", inputs: ["x"], attributes: { p: 1, axis: 1 } }],
    },
    undefinedAt: "zero",
  },
  {
    name: "LpNormalization 2",
    model: { inputs: { x: [3, 5] }, nodes: [{ op: "LpNormalization", inputs: ["x"], attributes: { axis: -1 } }] },
    undefinedAt: "zero",
  },
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
