/** Tree ensembles: every comparison, leaves at every level, one and several targets, one and several rows. */
import type { TestAttribute, TestNode } from "../onnx.ts";
import { integer, type Random, random } from "../random.ts";
import type { Case } from "./case.ts";

interface Shape {
  readonly trees: number;
  readonly depth: number;
  readonly features: number;
  readonly modes: readonly string[];
  /** Some subtrees end early. */
  readonly ragged?: boolean;
}

interface Nodes {
  readonly attributes: Record<string, TestAttribute>;
  readonly leaves: readonly (readonly [tree: number, node: number])[];
}

const shared = random(90210);

/** Random trees; thresholds are multiples of 1/8, so that equality happens. */
export function randomTrees({ trees, depth, features, modes, ragged }: Shape, next: Random = shared): Nodes {
  const rows: { tree: number; id: number; feature: number; mode: string; value: number; yes: number; no: number }[] =
    [];
  const leaves: [number, number][] = [];
  for (let tree = 0; tree < trees; tree++) {
    let count = 0;
    const grow = (level: number): number => {
      const id = count++;
      const isEarly = ragged === true && level > 0 && next() < 0.3;
      const row = { tree, id, feature: 0, mode: "LEAF", value: 0, yes: 0, no: 0 };
      rows.push(row);
      if (level === depth || isEarly) {
        leaves.push([tree, id]);
        return id;
      }
      row.feature = integer(next, 0, features - 1);
      row.mode = modes[integer(next, 0, modes.length - 1)];
      row.value = integer(next, -7, 7) / 8;
      row.yes = grow(level + 1);
      row.no = grow(level + 1);
      return id;
    };
    grow(0);
  }
  const attributes = {
    nodes_treeids: rows.map(({ tree }) => tree),
    nodes_nodeids: rows.map(({ id }) => id),
    nodes_featureids: rows.map(({ feature }) => feature),
    nodes_modes: { strings: rows.map(({ mode }) => mode) },
    nodes_values: { floats: rows.map(({ value }) => value) },
    nodes_truenodeids: rows.map(({ yes }) => yes),
    nodes_falsenodeids: rows.map(({ no }) => no),
    nodes_hitrates: { floats: rows.map(() => 1) },
    nodes_missing_value_tracks_true: rows.map(() => 0),
  };
  return { attributes, leaves };
}

/** A weight for each leaf and target that `has` names, at least `least`. */
export function leafAttributes(
  prefix: "class" | "target",
  { leaves }: Nodes,
  targets: number,
  least: number,
  has: (tree: number, target: number) => boolean = () => true,
): Record<string, TestAttribute> {
  const entries = leaves.flatMap(([tree, node]) =>
    Array.from({ length: targets }, (_, target) => ({ tree, node, target })).filter((item) =>
      has(item.tree, item.target),
    ),
  );
  return {
    [`${prefix}_treeids`]: entries.map(({ tree }) => tree),
    [`${prefix}_nodeids`]: entries.map(({ node }) => node),
    [`${prefix}_ids`]: entries.map(({ target }) => target),
    [`${prefix}_weights`]: { floats: entries.map(() => least + (1 - least) * shared()) },
  };
}

function treeNode(op: string, attributes: Record<string, TestAttribute>, outputs: readonly string[]): TestNode {
  return { op, domain: "ai.onnx.ml", inputs: ["x"], outputs, attributes };
}

function regressor(
  name: string,
  rows: number,
  shape: Shape,
  targets: number,
  more: Record<string, TestAttribute>,
  has?: (tree: number, target: number) => boolean,
): Case {
  const nodes = randomTrees(shape);
  const attributes = {
    ...nodes.attributes,
    ...leafAttributes("target", nodes, targets, -1, has),
    n_targets: targets,
    ...more,
  };
  return {
    name: `TreeEnsembleRegressor ${name}`,
    model: {
      inputs: { x: [rows, shape.features] },
      nodes: [treeNode("TreeEnsembleRegressor", attributes, ["y"])],
      outputs: ["y"],
    },
    jumps: true,
  };
}

function classifier(
  name: string,
  rows: number,
  shape: Shape,
  { scores, least, more = {} }: { scores: number; least: number; more?: Record<string, TestAttribute> },
): Case {
  const nodes = randomTrees(shape);
  const attributes = {
    ...nodes.attributes,
    ...leafAttributes("class", nodes, scores, least),
    classlabels_int64s: Array.from({ length: Math.max(2, scores) }, (_, i) => i),
    ...more,
  };
  return {
    name: `TreeEnsembleClassifier ${name}`,
    model: {
      inputs: { x: [rows, shape.features] },
      nodes: [treeNode("TreeEnsembleClassifier", attributes, ["label", "scores"])],
      outputs: ["label", "scores"],
      outputTypes: { label: "int64" },
    },
    jumps: true,
  };
}

const LEQ = ["BRANCH_LEQ"];
const ALL_MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];

/** Two trees whose leaves go through functions before they are added up. */
function leafFunctions(): Case {
  const next = random(1957);
  const tree = (output: string): TestNode => {
    const nodes = randomTrees({ trees: 1, depth: 3, features: 5, modes: LEQ, ragged: true }, next);
    const attributes = { ...nodes.attributes, ...leafAttributes("target", nodes, 1, 0.25), n_targets: 1 };
    return treeNode("TreeEnsembleRegressor", attributes, [output]);
  };
  return {
    name: "TreeEnsembleRegressor twice, Log and Sqrt of leaves, sum",
    model: {
      inputs: { x: [1, 5] },
      nodes: [
        tree("a"),
        tree("b"),
        { op: "Log", inputs: ["a"], outputs: ["log"] },
        { op: "Sqrt", inputs: ["b"], outputs: ["root"] },
        { op: "Sub", inputs: ["log", "root"], outputs: ["y"] },
      ],
      outputs: ["y"],
    },
    jumps: true,
  };
}

export const TREE_CASES: readonly Case[] = [
  regressor(
    "of three ragged trees, every comparison",
    1,
    { trees: 3, depth: 5, features: 7, modes: ALL_MODES, ragged: true },
    1,
    {},
  ),
  regressor("average and base value, three rows", 3, { trees: 5, depth: 3, features: 3, modes: LEQ, ragged: true }, 1, {
    aggregate_function: "AVERAGE",
    base_values: { floats: [0.25] },
  }),
  regressor("a single tree of depth 1", 1, { trees: 1, depth: 1, features: 1, modes: ["BRANCH_LT"] }, 1, {}),
  regressor(
    "one target for each tree",
    2,
    { trees: 5, depth: 3, features: 4, modes: LEQ, ragged: true },
    3,
    {},
    (tree, target) => tree % 3 === target,
  ),
  regressor("two targets on every leaf", 1, { trees: 3, depth: 2, features: 5, modes: ["BRANCH_GT"] }, 2, {}),
  classifier(
    "three classes",
    1,
    { trees: 4, depth: 4, features: 6, modes: LEQ, ragged: true },
    { scores: 3, least: 0 },
  ),
  classifier(
    "three classes, sigmoid, three rows",
    3,
    { trees: 2, depth: 3, features: 5, modes: ["BRANCH_GTE"] },
    {
      scores: 3,
      least: -1,
      more: { post_transform: "LOGISTIC", classlabels_int64s: [7, -2, 40] },
    },
  ),
  classifier(
    "two classes, one score of any sign, base value",
    1,
    { trees: 3, depth: 3, features: 5, modes: LEQ },
    {
      scores: 1,
      least: -1,
      more: { base_values: { floats: [0.125] } },
    },
  ),
  classifier(
    "two classes, one score never negative",
    1,
    { trees: 1, depth: 4, features: 5, modes: LEQ },
    { scores: 1, least: 0 },
  ),
  classifier(
    "two classes, one score never negative, sigmoid",
    1,
    { trees: 1, depth: 3, features: 5, modes: LEQ },
    {
      scores: 1,
      least: 0,
      more: { post_transform: "LOGISTIC" },
    },
  ),
  {
    name: "TreeEnsemble of two trees and a single leaf, average",
    model: {
      inputs: { x: [2, 3] },
      nodes: [
        {
          op: "TreeEnsemble",
          domain: "ai.onnx.ml",
          inputs: ["x"],
          attributes: {
            aggregate_function: 0,
            n_targets: 2,
            tree_roots: [0, 2, 3],
            nodes_featureids: [0, 2, 1, 0],
            nodes_modes: { shape: [4], data: [0, 3, 1, 0], type: "uint8" },
            nodes_splits: { shape: [4], data: [0.25, -0.5, 0.125, 0] },
            nodes_truenodeids: [1, 0, 2, 4],
            nodes_trueleafs: [0, 1, 1, 1],
            nodes_falsenodeids: [5, 1, 3, 4],
            nodes_falseleafs: [1, 1, 1, 1],
            leaf_targetids: [0, 1, 1, 0, 0, 1],
            leaf_weights: { shape: [6], data: [0.5, -0.75, 1, 0.25, 2, -1] },
          },
        },
      ],
      mlOpset: 5,
    },
    jumps: true,
  },
  leafFunctions(),
];
