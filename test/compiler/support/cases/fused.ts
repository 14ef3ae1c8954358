/** Nodes that onnxruntime's optimizer writes, in its own domain. */
import type { TestAttribute, TestTensor } from "../onnx.ts";
import { type Case, weights } from "./case.ts";

const domain = "com.microsoft";

interface Fused {
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly constants?: Readonly<Record<string, TestTensor>>;
  readonly attributes?: Readonly<Record<string, TestAttribute>>;
  /** Inputs in the node's order, "" for one that is left out; by default inputs, then constants. */
  readonly order?: readonly string[];
  readonly results?: readonly string[];
  readonly more?: Partial<Case> & { readonly indices?: Readonly<Record<string, number>> };
}

function fused(
  op: string,
  name: string,
  { inputs, constants = {}, attributes = {}, order, results, more }: Fused,
): Case {
  const { indices, ...rest } = more ?? {};
  const given = order ?? [...Object.keys(inputs), ...Object.keys(constants)];
  return {
    name: `${op} of onnxruntime ${name}`,
    model: {
      inputs,
      nodes: [
        {
          op,
          domain: op === "SimplifiedLayerNormalization" ? "" : domain,
          inputs: given,
          outputs: results ?? ["y"],
          attributes,
        },
      ],
      constants,
      outputs: results?.filter((result) => result !== "") ?? ["y"],
      ...(indices ? { indices } : {}),
    },
    ...rest,
  };
}

const CONV = { constants: { w: weights([3, 2, 3, 3]), b: weights([3]) }, attributes: { pads: [1, 0, 1, 1] } };
const x = [1, 2, 4, 5];
const params = (...values: number[]) => ({ activation_params: { floats: values } });

export const FUSED_CASES: readonly Case[] = [
  fused("FusedConv", "Relu", { inputs: { x }, ...CONV, attributes: { ...CONV.attributes, activation: "Relu" } }),
  fused("FusedConv", "Clip", {
    inputs: { x },
    ...CONV,
    attributes: { ...CONV.attributes, activation: "Clip", ...params(-0.25, 0.75) },
  }),
  fused("FusedConv", "LeakyRelu", {
    inputs: { x },
    ...CONV,
    attributes: { ...CONV.attributes, activation: "LeakyRelu", ...params(0.2) },
  }),
  fused("FusedConv", "HardSigmoid", {
    inputs: { x },
    ...CONV,
    attributes: { ...CONV.attributes, activation: "HardSigmoid", ...params(0.3, 0.4) },
  }),
  fused("FusedConv", "of a sum with a residual, Relu", {
    inputs: { x, z: [1, 3, 4, 4] },
    ...CONV,
    order: ["x", "w", "b", "z"],
    attributes: { ...CONV.attributes, activation: "Relu" },
  }),
  fused("FusedGemm", "Relu, transposed", {
    inputs: { x: [3, 5] },
    constants: { w: weights([4, 5]), b: weights([4]) },
    attributes: { activation: "Relu", transB: 1, alpha: { float: 0.5 } },
  }),
  fused("FusedGemm", "LeakyRelu", {
    inputs: { x: [3, 5] },
    constants: { w: weights([5, 4]), b: weights([4]) },
    attributes: { activation: "LeakyRelu", activation_alpha: { float: 0.3 } },
  }),
  fused("FusedMatMul", "scaled, second operand transposed", {
    inputs: { x: [2, 3, 5], z: [2, 4, 5] },
    attributes: { alpha: { float: 0.25 }, transB: 1 },
  }),
  fused("FusedMatMul", "first operand transposed", {
    inputs: { x: [5, 3] },
    constants: { w: weights([5, 4]) },
    attributes: { transA: 1 },
  }),
  fused("FusedMatMul", "batch and row axis exchanged", {
    inputs: { x: [3, 2, 5], z: [5, 2, 4] },
    attributes: { transBatchA: 1, transBatchB: 1, transB: 0 },
    order: ["x", "z"],
  }),
  fused("FusedMatMul", "batch and row axis exchanged, transposed", {
    inputs: { x: [5, 2, 3, 3], z: [2, 3, 5, 4] },
    attributes: { transBatchA: 1, transA: 1 },
  }),
  fused("TransposeMatMul", "second operand transposed", {
    inputs: { x: [2, 3], z: [4, 3] },
    attributes: { transB: 1 },
  }),
  fused("Gelu", "", { inputs: { x: [2, 7] }, more: { lo: -3, hi: 3 } }),
  fused("BiasGelu", "", { inputs: { x: [2, 7] }, constants: { b: weights([7]) }, more: { lo: -3, hi: 3 } }),
  fused("FastGelu", "with a bias", { inputs: { x: [2, 7] }, constants: { b: weights([7]) }, more: { lo: -3, hi: 3 } }),
  fused("FastGelu", "", { inputs: { x: [2, 7] }, more: { lo: -3, hi: 3 } }),
  fused("QuickGelu", "", { inputs: { x: [2, 7] }, attributes: { alpha: { float: 1.702 } }, more: { lo: -3, hi: 3 } }),
  fused("SkipLayerNormalization", "with a bias, sum as output", {
    inputs: { x: [1, 3, 6], z: [1, 3, 6] },
    constants: { g: weights([6]), c: weights([6]), b: weights([6]) },
    attributes: { epsilon: { float: 0.01 } },
    results: ["y", "", "", "sum"],
  }),
  fused("SkipLayerNormalization", "without a shift", {
    inputs: { x: [2, 3, 6], z: [1, 3, 6] },
    constants: { g: weights([6]) },
    attributes: { epsilon: { float: 0.01 } },
  }),
  fused("SkipSimplifiedLayerNormalization", "sum as output", {
    inputs: { x: [1, 3, 6], z: [1, 3, 6] },
    constants: { g: weights([6]) },
    attributes: { epsilon: { float: 0.01 } },
    results: ["y", "", "", "sum"],
  }),
  fused("SimplifiedLayerNormalization", "", {
    inputs: { x: [2, 3, 6] },
    constants: { g: weights([6]) },
    attributes: { axis: -1, epsilon: { float: 0.01 } },
  }),
  {
    name: "EmbedLayerNormalization of onnxruntime, three tables, sum as output",
    model: {
      inputs: { tokens: [1, 3], segments: [1, 3] },
      indices: { tokens: 7, segments: 2 },
      nodes: [
        { op: "Cast", inputs: ["tokens"], attributes: { to: 6 } },
        { op: "Cast", inputs: ["segments"], attributes: { to: 6 } },
        {
          op: "EmbedLayerNormalization",
          domain,
          inputs: ["t0", "t1", "words", "places", "kinds", "g", "b"],
          outputs: ["y", "", "sum"],
          attributes: { epsilon: { float: 0.01 } },
        },
      ],
      constants: {
        words: weights([7, 6]),
        places: weights([5, 6]),
        kinds: weights([2, 6]),
        g: weights([6]),
        b: weights([6]),
      },
      outputs: ["y", "sum"],
    },
  },
];
