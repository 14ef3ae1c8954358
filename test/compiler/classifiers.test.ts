/** Classifiers as converters write them: names for labels, scores zipped to maps; and what of ai.onnx.ml is refused. */
import { describe, expect, test } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { UnsupportedError } from "../../compiler/errors.ts";
import { runReference } from "../../compiler/reference.ts";
import { randomTrees } from "./support/cases/trees.ts";
import { buildModel, type TestAttribute, type TestNode, type TestTensor } from "./support/onnx.ts";
import { floats, random } from "./support/random.ts";

const SEED = 555;
const FEATURES = 3;
const NAMES = ["setosa", "versicolor", "virginica"];

function compileNodes(
  nodes: readonly TestNode[],
  outputs: readonly string[],
  constants: Readonly<Record<string, TestTensor>> = {},
) {
  const next = random(SEED);
  const inputs = Array.from({ length: 4 }, () => floats(next, FEATURES, -1, 1));
  const bytes = buildModel({
    inputs: { x: [1, FEATURES] },
    nodes,
    outputs,
    constants,
    outputTypes: { label: "int64" },
  });
  return compile(bytes, { calibration: { inputs } });
}

const ml = (
  op: string,
  attributes: Record<string, TestAttribute>,
  outputs: readonly string[],
  input: string | readonly string[] = "x",
): TestNode => ({
  op,
  domain: "ai.onnx.ml",
  inputs: [input].flat(),
  outputs,
  attributes,
});

const linear = {
  coefficients: { floats: [1, 0, 0, 0, 1, 0, 0, 0, 1] },
  intercepts: { floats: [0, 0, 0] },
  classlabels_strings: { strings: NAMES },
  post_transform: "NONE",
};
const axes = Array.from({ length: FEATURES }, (_, axis) =>
  Array.from({ length: FEATURES }, (_, i) => (i === axis ? 50 : 0)),
);

test("names of classes become their positions, and the artifact keeps the names through views", () => {
  const { circuit, program } = compileNodes(
    [
      ml("LinearClassifier", linear, ["classes", "scores"]),
      { op: "Cast", inputs: ["classes"], outputs: ["label"], attributes: { to: 7 } },
      ml("ZipMap", { classlabels_strings: { strings: NAMES } }, ["probabilities"], "scores"),
    ],
    ["label", "probabilities"],
  );
  const [label, scores] = circuit.outputs;
  expect(label.labels).toEqual(NAMES);
  expect(scores.shape).toEqual([1, 3]);
  expect(scores.labels).toBeUndefined();
  axes.forEach((x, axis) => {
    expect(Array.from(runReference(program, [x]).tensors.get("label") ?? [])).toEqual([axis]);
  });
});

test("an encoder behind numbers gives names, the default one for what it does not know", () => {
  const { circuit, program } = compileNodes(
    [
      ml("LinearClassifier", { ...linear, classlabels_strings: { strings: [] }, classlabels_ints: [10, 20, 30] }, [
        "c",
        "s",
      ]),
      ml(
        "LabelEncoder",
        { keys_int64s: [30, 10], values_strings: { strings: ["z", "a"] }, default_string: "?" },
        ["label"],
        "c",
      ),
    ],
    ["label"],
  );
  expect(circuit.outputs[0].labels).toEqual(["z", "a", "?"]);
  const answers = axes.map((x) => runReference(program, [x]).tensors.get("label")?.[0]);
  expect(answers).toEqual([1, 2, 0]);
});

const CLASSES = { shape: [3], data: [1, 2, 0], names: NAMES };
const chosen: readonly TestNode[] = [
  { op: "ArgMax", inputs: ["x"], outputs: ["best"], attributes: { axis: 1, keepdims: 0 } },
  ml("ArrayFeatureExtractor", {}, ["name"], ["classes", "best"]),
];

test("names in a constant, chosen by an index, are positions that the artifact has the names of", () => {
  const nodes: TestNode[] = [
    ...chosen,
    { op: "Cast", inputs: ["name"], outputs: ["text"], attributes: { to: 8 } },
    { op: "Reshape", inputs: ["text", "one"], outputs: ["label"] },
  ];
  const one = { shape: [1], data: [-1], type: "int64" as const };
  const { circuit, program } = compileNodes(nodes, ["label"], { classes: CLASSES, one });
  const { labels } = circuit.outputs[0];
  expect(labels).toHaveLength(3);
  const answers = axes.map((x) => labels?.[runReference(program, [x]).tensors.get("label")?.[0] ?? -1]);
  expect(answers).toEqual(["versicolor", "virginica", "setosa"]);
});

test("names are not computed with", () => {
  const compiled = () =>
    compileNodes([...chosen, { op: "Equal", inputs: ["classes", "name"], outputs: ["y"] }], ["y"], {
      classes: CLASSES,
    });
  expect(compiled).toThrow(/holds names/);
});

test("scores that nobody asks for take no rows", () => {
  const attributes = { ...linear, post_transform: "SOFTMAX" };
  const labelOnly = compileNodes([ml("LinearClassifier", attributes, ["label", "scores"])], ["label"]);
  const both = compileNodes([ml("LinearClassifier", attributes, ["label", "scores"])], ["label", "scores"]);
  expect(labelOnly.program.steps.length).toBeLessThan(both.program.steps.length);
});

describe("refused", () => {
  const { attributes, leaves } = randomTrees({ trees: 2, depth: 2, features: FEATURES, modes: ["BRANCH_LEQ"] });
  const memberships = randomTrees({ trees: 2, depth: 2, features: FEATURES, modes: ["BRANCH_MEMBER"] });
  const trees = {
    ...attributes,
    target_treeids: leaves.map(([tree]) => tree),
    target_nodeids: leaves.map(([, node]) => node),
    target_ids: leaves.map(() => 0),
    target_weights: { floats: leaves.map(() => 1) },
  };
  test.each<[string, RegExp, TestNode]>([
    [
      "a transform of a regressor",
      /post_transform LOGISTIC/,
      ml("TreeEnsembleRegressor", { ...trees, post_transform: "LOGISTIC" }, ["y"]),
    ],
    [
      "the smallest of all trees",
      /aggregate_function MIN/,
      ml("TreeEnsembleRegressor", { ...trees, aggregate_function: "MIN" }, ["y"]),
    ],
    [
      "membership in a set",
      /mode BRANCH_MEMBER/,
      ml("TreeEnsembleRegressor", { ...trees, ...memberships.attributes }, ["y"]),
    ],
    ["another norm", /norm L3/, ml("Normalizer", { norm: "L3" }, ["y"])],
    [
      "the sign of one class",
      /one_class/,
      ml("SVMRegressor", { one_class: 1, coefficients: { floats: [1, 1, 1] } }, ["y"]),
    ],
    [
      "names for numbers that no classifier gives",
      /not the label/,
      ml("LabelEncoder", { keys_int64s: [1], values_strings: { strings: ["one"] } }, ["y"]),
    ],
    [
      "an encoder of numbers that are not whole",
      /not a whole number/,
      ml("LabelEncoder", { keys_floats: { floats: [0.5] }, values_int64s: [1] }, ["y"]),
    ],
  ])("%s", (_name, reason, node) => {
    const compiled = () => compileNodes([node], ["y"]);
    expect(compiled).toThrow(UnsupportedError);
    expect(compiled).toThrow(reason);
  });
});
