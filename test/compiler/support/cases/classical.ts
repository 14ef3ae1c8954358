/** Linear models, support vector machines and the preparation of features. */
import type { TestAttribute, TestNode } from "../onnx.ts";
import { floats, random } from "../random.ts";
import type { Case } from "./case.ts";

const next = random(31337);
const list = (n: number, lo = -1, hi = 1): { floats: number[] } => ({ floats: Array.from(floats(next, n, lo, hi)) });

function single(
  op: string,
  name: string,
  shape: readonly number[],
  attributes: Record<string, TestAttribute>,
  more: Partial<Case> = {},
): Case {
  return {
    name: `${op} ${name}`,
    model: { inputs: { x: shape }, nodes: [{ op, domain: "ai.onnx.ml", inputs: ["x"], attributes }] },
    ...more,
  };
}

/** Rounding may turn labels, which is a whole step. */
function classifier(
  op: string,
  name: string,
  shape: readonly number[],
  attributes: Record<string, TestAttribute>,
): Case {
  return {
    name: `${op} ${name}`,
    model: {
      inputs: { x: shape },
      nodes: [{ op, domain: "ai.onnx.ml", inputs: ["x"], outputs: ["label", "scores"], attributes }],
      outputs: ["label", "scores"],
      outputTypes: { label: "int64" },
    },
    jumps: true,
  };
}

const kernel = (type: string, ...parameters: number[]): Record<string, TestAttribute> => ({
  kernel_type: type,
  kernel_params: { floats: parameters },
});

function vectors(count: number, features: number): Record<string, TestAttribute> {
  return { support_vectors: list(count * features) };
}

const three = { classlabels_ints: [4, 7, -9], intercepts: list(3), coefficients: list(15) };
const two = { classlabels_ints: [0, 1], intercepts: list(1), coefficients: list(5) };

/** A linear classifier whose label goes on into another node. */
function encoded(name: string, label: TestNode): Case {
  const scores = { ...three, post_transform: "NONE" };
  const outputs = ["label", "scores"];
  return {
    name,
    model: {
      inputs: { x: [2, 5] },
      nodes: [{ op: "LinearClassifier", domain: "ai.onnx.ml", inputs: ["x"], outputs, attributes: scores }, label],
      outputs: ["encoded", "label"],
      outputTypes: { encoded: "int64", label: "int64" },
    },
    jumps: true,
  };
}

export const CLASSICAL_CASES: readonly Case[] = [
  encoded("LabelEncoder of labels", {
    op: "LabelEncoder",
    domain: "ai.onnx.ml",
    inputs: ["label"],
    outputs: ["encoded"],
    attributes: { keys_int64s: [7, 4], values_int64s: [70, -40], default_int64: 3 },
  }),
  {
    name: "LabelEncoder of features, negative and unknown keys, beside real numbers",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Mul", inputs: ["x", "five"] },
        { op: "Floor", inputs: ["t0"] },
        {
          op: "LabelEncoder",
          domain: "ai.onnx.ml",
          inputs: ["t1"],
          attributes: {
            keys_floats: { floats: [-3, -1, 0, 2] },
            values_floats: { floats: [1, 3, 2, 4] },
            default_float: { float: -1 },
          },
        },
        { op: "Concat", inputs: ["t2", "x"], attributes: { axis: 1 } },
      ],
      constants: { five: { shape: [], data: [5] } },
    },
    jumps: true,
  },
  {
    name: "ArrayFeatureExtractor of constant classes at an index",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        { op: "ArgMax", inputs: ["x"], attributes: { axis: 1, keepdims: 0 } },
        { op: "ArrayFeatureExtractor", domain: "ai.onnx.ml", inputs: ["classes", "t0"] },
      ],
      constants: { classes: { shape: [3], data: [9, -3, 14], type: "int64" } },
      outputTypes: { t1: "int64" },
    },
    jumps: true,
  },
  {
    name: "ArrayFeatureExtractor of features",
    model: {
      inputs: { x: [3, 5] },
      nodes: [{ op: "ArrayFeatureExtractor", domain: "ai.onnx.ml", inputs: ["x", "columns"] }],
      constants: { columns: { shape: [4], data: [4, 0, 0, 2], type: "int64" } },
    },
  },
  single("Scaler", "by feature", [2, 5], { offset: list(5), scale: list(5, 0.5, 2) }),
  single("Scaler", "one offset and scale", [1, 3], { offset: { floats: [0.25] }, scale: { floats: [-1.5] } }),
  single("Normalizer", "L1", [2, 5], { norm: "L1" }, { undefinedAt: "zero" }),
  single("Normalizer", "L2", [3, 3], { norm: "L2" }, { lo: 0.25 }),
  single("Normalizer", "MAX", [3, 5], { norm: "MAX" }, { lo: 0.25 }),
  single("Imputer", "of NaN", [2, 5], {
    imputed_value_floats: { floats: [1, 2, 3, 4, 5] },
    replaced_value_float: { float: Number.NaN },
  }),
  single("Imputer", "of infinities", [1, 3], {
    imputed_value_floats: { floats: [4] },
    replaced_value_float: { float: Number.POSITIVE_INFINITY },
  }),
  {
    name: "OneHotEncoder of an index that is asked for, one unknown",
    model: {
      inputs: { ids: [2, 3] },
      indices: { ids: 5 },
      nodes: [
        {
          op: "OneHotEncoder",
          domain: "ai.onnx.ml",
          inputs: ["ids"],
          attributes: { cats_int64s: [0, 4, 2, 3], zeros: 1 },
        },
      ],
    },
  },
  {
    name: "OneHotEncoder of features cast to whole numbers, beside real ones",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        { op: "Round", inputs: ["x"] },
        { op: "Cast", inputs: ["t0"], attributes: { to: 7 } },
        {
          op: "OneHotEncoder",
          domain: "ai.onnx.ml",
          inputs: ["t1"],
          attributes: { cats_int64s: [-1, 0, 1, 2], zeros: 1 },
        },
        { op: "Flatten", inputs: ["t2"] },
        { op: "Concat", inputs: ["t3", "x"], attributes: { axis: 1 } },
      ],
    },
    lo: -1.4,
    hi: 2.4,
    jumps: true,
  },
  single("Binarizer", "at 1/8", [2, 5], { threshold: { float: 0.125 } }, { jumps: true }),
  single("LinearRegressor", "two targets", [3, 5], { coefficients: list(10), intercepts: list(2), targets: 2 }),
  classifier("LinearClassifier", "one score", [2, 5], { ...two, post_transform: "NONE" }),
  classifier("LinearClassifier", "one score, sigmoid", [1, 5], { ...two, post_transform: "LOGISTIC" }),
  classifier("LinearClassifier", "three classes", [2, 5], { ...three, post_transform: "NONE" }),
  classifier("LinearClassifier", "three classes, softmax", [2, 5], { ...three, post_transform: "SOFTMAX" }),
  single("SVMRegressor", "without vectors", [2, 5], {
    ...kernel("LINEAR", 0, 0, 0),
    coefficients: list(5),
    rho: list(1),
  }),
  single("SVMRegressor", "LINEAR", [2, 5], {
    ...kernel("LINEAR", 0, 0, 0),
    ...vectors(3, 5),
    coefficients: list(3),
    rho: list(1),
    n_supports: 3,
  }),
  single("SVMRegressor", "RBF", [2, 5], {
    ...kernel("RBF", 0.3, 0, 3),
    ...vectors(7, 5),
    coefficients: list(7),
    rho: list(1),
    n_supports: 7,
  }),
  single("SVMRegressor", "SIGMOID", [1, 5], {
    ...kernel("SIGMOID", 0.3, 0.1, 3),
    ...vectors(3, 5),
    coefficients: list(3),
    rho: list(1),
    n_supports: 3,
  }),
  single("SVMRegressor", "POLY", [1, 5], {
    ...kernel("POLY", 0.3, 0.4, 3),
    ...vectors(3, 5),
    coefficients: list(3),
    rho: list(1),
    n_supports: 3,
  }),
  classifier("SVMClassifier", "without vectors", [2, 5], {
    ...kernel("LINEAR", 0, 0, 0),
    coefficients: list(15),
    rho: list(1),
    classlabels_ints: [5, 6, 8],
  }),
  classifier("SVMClassifier", "two classes, RBF", [2, 5], {
    ...kernel("RBF", 0.3, 0, 3),
    ...vectors(5, 5),
    coefficients: { floats: [0.5, 0.3, -0.4, -0.6, -0.2] },
    vectors_per_class: [2, 3],
    rho: { floats: [0.1] },
    classlabels_ints: [0, 1],
  }),
  {
    // onnxruntime finds probabilities by an iteration that stops early.
    ...classifier("SVMClassifier", "two classes, probabilities", [1, 5], {
      ...kernel("RBF", 0.3, 0, 3),
      ...vectors(5, 5),
      coefficients: { floats: [0.5, 0.3, -0.4, -0.6, -0.2] },
      vectors_per_class: [2, 3],
      rho: { floats: [0.1] },
      prob_a: { floats: [-1.25] },
      prob_b: { floats: [0.2] },
      classlabels_ints: [0, 1],
    }),
    floatTolerance: 5e-3,
  },
  classifier("SVMClassifier", "four classes, votes", [2, 3], {
    ...kernel("RBF", 0.5, 0, 3),
    ...vectors(7, 3),
    coefficients: list(21),
    vectors_per_class: [2, 1, 3, 1],
    rho: list(6, -0.2, 0.2),
    classlabels_ints: [1, 0, 3, 2],
  }),
  {
    // The steps end near the minimum, onnxruntime's iteration stops near it.
    ...classifier("SVMClassifier", "four classes, probabilities, two rows", [2, 3], {
      ...kernel("RBF", 0.5, 0, 3),
      ...vectors(7, 3),
      coefficients: list(21),
      vectors_per_class: [2, 1, 3, 1],
      rho: list(6, -0.2, 0.2),
      prob_a: { floats: [-1.5, -2, -1, -3, -1.25, -2.5] },
      prob_b: list(6, -0.3, 0.3),
      classlabels_ints: [1, 0, 3, 2],
    }),
    floatTolerance: 1.2e-2,
  },
  {
    name: "Scaler, LinearClassifier of three classes, ZipMap left out",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        { op: "Scaler", domain: "ai.onnx.ml", inputs: ["x"], attributes: { offset: list(5), scale: list(5, 0.5, 2) } },
        {
          op: "LinearClassifier",
          domain: "ai.onnx.ml",
          inputs: ["t0"],
          outputs: ["label", "scores"],
          attributes: { ...three, post_transform: "LOGISTIC" },
        },
      ],
      outputs: ["label"],
      outputTypes: { label: "int64" },
    },
    jumps: true,
  },
  {
    name: "Scaler, TreeEnsembleRegressor",
    model: {
      inputs: { x: [1, 2] },
      nodes: [
        { op: "Scaler", domain: "ai.onnx.ml", inputs: ["x"], attributes: { offset: list(2), scale: list(2, 0.5, 2) } },
        {
          op: "TreeEnsembleRegressor",
          domain: "ai.onnx.ml",
          inputs: ["t0"],
          attributes: {
            nodes_treeids: [0, 0, 0],
            nodes_nodeids: [0, 1, 2],
            nodes_featureids: [1, 0, 0],
            nodes_modes: { strings: ["BRANCH_LT", "LEAF", "LEAF"] },
            nodes_values: { floats: [0.2, 0, 0] },
            nodes_truenodeids: [1, 0, 0],
            nodes_falsenodeids: [2, 0, 0],
            target_treeids: [0, 0],
            target_nodeids: [1, 2],
            target_ids: [0, 0],
            target_weights: { floats: [1, -1] },
            n_targets: 1,
          },
        },
      ],
    },
    jumps: true,
  },
];
