/** Functions of single trees, and sums of them, become trees: the same function, with nothing but trees where they began. */
import { describe, expect, test } from "vitest";
import { readModel } from "../../compiler/1-read/read.ts";
import { checkModel, type Model } from "../../compiler/2-check/check.ts";
import { leafAttributes, randomTrees } from "./support/cases/trees.ts";
import { evaluateGraph } from "./support/evaluate-graph.ts";
import { buildModel, type TestModel, type TestNode } from "./support/onnx.ts";
import { floats, integer, random } from "./support/random.ts";

const SEED = 6174;
const FEATURES = 5;

const trees = (output: string, input: string, seed: number, targets = 1, count = 1): TestNode => {
  const shape = {
    trees: count,
    depth: 3,
    features: FEATURES,
    modes: ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_EQ"],
    ragged: true,
  };
  const nodes = randomTrees(shape, random(seed));
  const weights = leafAttributes("target", nodes, targets, 0.25);
  return {
    op: "TreeEnsembleRegressor",
    domain: "ai.onnx.ml",
    inputs: [input],
    outputs: [output],
    attributes: { ...nodes.attributes, ...weights, n_targets: targets },
  };
};

const constants = {
  columns: { shape: [FEATURES], data: [4, 0, 2, 2, 1], type: "int64" as const },
  c: { shape: [1, 2], data: [0.5, -3] },
  w: { shape: [2, 3], data: [1, 2, -1, 0.5, 0, 4] },
};

/** Depth and correction of two trees of an isolation forest, as skl2onnx writes them, the second over picked columns. */
const TWO: readonly TestNode[] = [
  { op: "Gather", inputs: ["x", "columns"], outputs: ["picked"], attributes: { axis: 1 } },
  trees("a", "x", 1, 2),
  trees("b", "picked", 2, 2),
  { op: "Log", inputs: ["a"], outputs: ["log a"] },
  { op: "Mul", inputs: ["a", "log a"], outputs: ["entropy"] },
  { op: "Sqrt", inputs: ["b"], outputs: ["root b"] },
  { op: "Sub", inputs: ["entropy", "root b"], outputs: ["difference"] },
  { op: "Mul", inputs: ["difference", "c"], outputs: ["weighted"] },
  { op: "MatMul", inputs: ["weighted", "w"], outputs: ["y"] },
];

const modelOf = (nodes: readonly TestNode[], outputs: readonly string[], more: Partial<TestModel> = {}): Model =>
  checkModel(readModel(buildModel({ inputs: { x: [1, FEATURES] }, nodes, outputs, constants, ...more })));

const opsOf = ({ nodes }: Model): string[] => nodes.map(({ node }) => node.op);

/** The outputs of the first model, from both; a model that gives the trees' own sums too keeps every node. */
function expectSame(folded: Model, plain: Model): void {
  const next = random(SEED);
  for (let k = 0; k < 50; k++) {
    const x =
      k % 2 === 0 ? floats(next, FEATURES, -1, 1) : Array.from({ length: FEATURES }, () => integer(next, -7, 7) / 8);
    const input = new Map([["x", Float64Array.from(x)]]);
    const [one, other] = [evaluateGraph(folded, input), evaluateGraph(plain, input)];
    for (const { name } of folded.outputs)
      one.get(name)?.forEach((value, i) => {
        expect(Math.abs(value - (other.get(name) as Float64Array)[i]), `seed ${SEED}, input ${x}`).toBeLessThan(1e-9);
      });
  }
}

test("functions of two trees and their sum are one node of trees over the tensor that columns are picked from", () => {
  const folded = modelOf(TWO, ["y"]);
  expect(opsOf(folded)).toEqual(["TreeEnsembleRegressor"]);
  expect(folded.nodes[0].node.inputs).toEqual(["x"]);
  expectSame(folded, modelOf(TWO, ["y", "a", "b"]));
});

test("several tensors of the same trees share them, in another shape too", () => {
  const nodes: TestNode[] = [
    ...TWO,
    { op: "Transpose", inputs: ["weighted"], outputs: ["z"], attributes: { perm: [1, 0] } },
  ];
  const folded = modelOf(nodes, ["z", "y"]);
  expect(opsOf(folded)).toEqual(["TreeEnsembleRegressor"]);
  expect(folded.outputs.map(({ type }) => type.shape)).toEqual([
    [2, 1],
    [1, 3],
  ]);
  expectSame(folded, modelOf(nodes, ["z", "y", "a", "b"]));
});

test("trees over tensors of their own are added up", () => {
  const nodes: TestNode[] = [{ op: "Relu", inputs: ["x"], outputs: ["positive"] }, ...TWO.slice(1)].map((node) =>
    node.inputs[0] === "picked" ? { ...node, inputs: ["positive"] } : node,
  );
  const folded = modelOf(nodes, ["y"]);
  expect(opsOf(folded)).toEqual(["Relu", "TreeEnsembleRegressor"]);
  expectSame(folded, modelOf(nodes, ["y", "a", "b"]));
});

test("a function of a sum of trees stays behind it", () => {
  const nodes: TestNode[] = [...TWO, { op: "Exp", inputs: ["y"], outputs: ["e"] }];
  expect(opsOf(modelOf(nodes, ["e"]))).toEqual(["TreeEnsembleRegressor", "Exp"]);
});

test("a label that is encoded, and a logarithm of probabilities", () => {
  const nodes = randomTrees(
    { trees: 1, depth: 3, features: FEATURES, modes: ["BRANCH_LEQ"], ragged: true },
    random(SEED),
  );
  const classifier: TestNode = {
    op: "TreeEnsembleClassifier",
    domain: "ai.onnx.ml",
    inputs: ["x"],
    outputs: ["label", "probabilities"],
    attributes: {
      ...nodes.attributes,
      ...leafAttributes("class", nodes, 3, 0.25),
      classlabels_int64s: [3, 5, 8],
      post_transform: "SOFTMAX",
    },
  };
  const encoder: TestNode = {
    op: "LabelEncoder",
    domain: "ai.onnx.ml",
    inputs: ["label"],
    outputs: ["encoded"],
    attributes: { keys_int64s: [3, 5, 8], values_floats: { floats: [0.5, -2, 1.5] } },
  };
  const all: TestNode[] = [
    classifier,
    encoder,
    { op: "Log", inputs: ["probabilities"], outputs: ["log"] },
    { op: "ReduceMean", inputs: ["log"], outputs: ["mean"], attributes: { axes: [1], keepdims: 0 } },
    { op: "Add", inputs: ["encoded", "mean"], outputs: ["y"] },
  ];
  const folded = modelOf(all, ["y"]);
  expect(opsOf(folded)).toEqual(["TreeEnsembleClassifier"]);
  expectSame(folded, modelOf(all, ["y", "label"], { outputTypes: { label: "int64" } }));
});

describe("stay as they are", () => {
  test.each<[string, readonly TestNode[], readonly string[], Partial<TestModel>]>([
    ["trees that are read themselves", TWO, ["y", "a", "b"], {}],
    [
      "several trees of one node before a function",
      [trees("a", "x", 3, 2, 3), { op: "Log", inputs: ["a"], outputs: ["y"] }],
      ["y"],
      {},
    ],
    [
      "what is linear in one node's trees",
      [trees("a", "x", 4, 2, 2), { op: "Mul", inputs: ["a", "c"], outputs: ["y"] }],
      ["y"],
      {},
    ],
    [
      "whole numbers",
      [trees("a", "x", 5, 2), { op: "Cast", inputs: ["a"], outputs: ["y"], attributes: { to: 7 } }],
      ["y"],
      { outputTypes: { y: "int64" } },
    ],
  ])("%s", (_name, nodes, outputs, more) => {
    expect(opsOf(modelOf(nodes, outputs, more)).sort()).toEqual(nodes.map(({ op }) => op).sort());
  });
});
