/** Attention with masks that are computed, and as onnxruntime's optimizer writes it. */
import type { TestAttribute, TestTensor } from "../onnx.ts";
import { type Case, weights } from "./case.ts";

const domain = "com.microsoft";

interface Attending {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly constants?: Readonly<Record<string, TestTensor>>;
  readonly attributes?: Readonly<Record<string, TestAttribute>>;
  readonly order: readonly string[];
}

function attending(op: string, name: string, { inputs, constants = {}, attributes = {}, order }: Attending): Case {
  return {
    name: `${op} of onnxruntime, ${name}`,
    model: { inputs, nodes: [{ op, domain, inputs: order, outputs: ["y"], attributes }], constants, outputs: ["y"] },
    lo: -1.5,
    hi: 1.5,
  };
}

const FROM_ONE = {
  inputs: { x: [1, 3, 6] },
  constants: { w: weights([6, 12]), b: weights([12]) },
  attributes: { num_heads: 2 },
};
const whole = (shape: readonly number[], ...data: number[]): TestTensor => ({ shape, data, type: "int32" });

export const ATTENTION_CASES: readonly Case[] = [
  attending("Attention", "from one tensor", { ...FROM_ONE, order: ["x", "w", "b"] }),
  attending("Attention", "causal, scaled", {
    ...FROM_ONE,
    order: ["x", "w", "b"],
    attributes: { num_heads: 1, unidirectional: 1, scale: { float: 0.3 } },
  }),
  attending("Attention", "values of another size", {
    ...FROM_ONE,
    constants: { w: weights([6, 14]), b: weights([14]) },
    order: ["x", "w", "b"],
    attributes: { num_heads: 2, qkv_hidden_sizes: [4, 4, 6] },
  }),
  attending("Attention", "constant mask of keys", {
    ...FROM_ONE,
    constants: { ...FROM_ONE.constants, m: whole([1, 3], 1, 1, 0) },
    order: ["x", "w", "b", "m"],
  }),
  attending("Attention", "constant length", {
    ...FROM_ONE,
    constants: { ...FROM_ONE.constants, m: whole([1], 2) },
    order: ["x", "w", "b", "m"],
  }),
  attending("Attention", "bias of the scores", {
    inputs: { x: [1, 3, 6], s: [1, 2, 3, 3] },
    constants: FROM_ONE.constants,
    attributes: { num_heads: 2 },
    order: ["x", "w", "b", "", "", "s"],
  }),
  attending("MultiHeadAttention", "three tensors, a bias", {
    inputs: { q: [1, 3, 6], k: [1, 4, 6], v: [1, 4, 4] },
    constants: { b: weights([16]) },
    attributes: { num_heads: 2 },
    order: ["q", "k", "v", "b"],
  }),
  attending("MultiHeadAttention", "keys and values by heads, constant mask of keys", {
    inputs: { q: [1, 3, 6], k: [1, 2, 4, 3], v: [1, 2, 4, 3] },
    constants: { m: whole([1, 4], 1, 0, 1, 1) },
    attributes: { num_heads: 2 },
    order: ["q", "k", "v", "", "m"],
  }),
  attending("RotaryEmbedding", "counted positions", {
    inputs: { x: [1, 3, 8] },
    constants: { p: { shape: [1], data: [2], type: "int64" }, cos: weights([7, 2]), sin: weights([7, 2]) },
    order: ["x", "p", "cos", "sin"],
  }),
  attending("RotaryEmbedding", "given positions, interleaved", {
    inputs: { x: [1, 2, 3, 4] },
    constants: { p: { shape: [1, 3], data: [2, 0, 5], type: "int64" }, cos: weights([7, 2]), sin: weights([7, 2]) },
    attributes: { interleaved: 1 },
    order: ["x", "p", "cos", "sin"],
  }),
  {
    name: "QAttention of onnxruntime, what is quantized while running",
    model: {
      inputs: { x: [1, 3, 6] },
      nodes: [
        { op: "DynamicQuantizeLinear", inputs: ["x"], outputs: ["q", "qs", "qz"] },
        {
          op: "QAttention",
          domain,
          inputs: ["q", "w", "b", "qs", "ws", "", "qz", "wz"],
          outputs: ["y"],
          attributes: { num_heads: 2 },
        },
      ],
      constants: {
        w: { shape: [6, 12], data: Array.from({ length: 72 }, (_, i) => ((i * 37) % 201) - 100), type: "int8" },
        b: weights([12]),
        ws: { shape: [], data: [0.007] },
        wz: { shape: [], data: [3], type: "int8" },
      },
      outputs: ["y"],
    },
    floatTolerance: 0.03,
  },
  {
    name: "Attention with a computed bias of the scores",
    model: {
      inputs: { q: [1, 2, 3, 5], k: [1, 1, 4, 5], v: [1, 1, 4, 3], m: [1, 1, 3, 4] },
      nodes: [
        { op: "Mul", inputs: ["m", "half"] },
        { op: "Attention", inputs: ["q", "k", "v", "t0"], outputs: ["y"] },
      ],
      constants: { half: { shape: [], data: [0.5] } },
      outputs: ["y"],
      opset: 23,
    },
  },
  {
    name: "Attention with capped scores, keys as output",
    model: {
      inputs: { q: [1, 3, 6], k: [1, 4, 6], v: [1, 4, 4] },
      nodes: [
        {
          op: "Attention",
          inputs: ["q", "k", "v"],
          outputs: ["y", "keys"],
          attributes: { softcap: { float: 1.5 }, is_causal: 1, q_num_heads: 2, kv_num_heads: 2 },
        },
      ],
      outputs: ["y", "keys"],
      opset: 23,
    },
    lo: -1.5,
    hi: 1.5,
  },
];
