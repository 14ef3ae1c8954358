/** Trees that are chains, in both forms of the attributes: as deep as is taken, far deeper, and closed to a circle. */
import { describe, expect, test } from "vitest";
import { readModel } from "../../compiler/1-read/read.ts";
import { checkModel, type Model } from "../../compiler/2-check/check.ts";
import { evaluateGraph } from "./support/evaluate-graph.ts";
import { buildModel, type TestNode } from "./support/onnx.ts";

const range = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));

/** Node i leads x <= i to a leaf of weight i, and the rest to node i + 1; the last one to `last`, or to a leaf of weight `levels`. */
type Chain = (levels: number, last?: number) => TestNode;

const regressor: Chain = (levels, last = levels) => {
  const [leaves, count] = [levels + 1, 2 * levels + 1];
  const zeros = (length: number): number[] => new Array(length).fill(0);
  // Branches, then the leaf at the end of the chain, then those on its side.
  const attributes = {
    nodes_treeids: zeros(count),
    nodes_nodeids: range(count, (i) => i),
    nodes_featureids: zeros(count),
    nodes_values: { floats: range(count, (i) => i) },
    nodes_modes: { strings: range(count, (i) => (i < levels ? "BRANCH_LEQ" : "LEAF")) },
    nodes_truenodeids: range(count, (i) => (i < levels ? levels + 1 + i : 0)),
    nodes_falsenodeids: range(count, (i) => (i === levels - 1 ? last : i < levels ? i + 1 : 0)),
    target_ids: zeros(leaves),
    target_treeids: zeros(leaves),
    target_nodeids: range(leaves, (i) => levels + i),
    target_weights: { floats: range(leaves, (i) => (i === 0 ? levels : i - 1)) },
    n_targets: 1,
  };
  return { op: "TreeEnsembleRegressor", domain: "ai.onnx.ml", inputs: ["x"], outputs: ["y"], attributes };
};

const ensemble: Chain = (levels, last) => {
  const attributes = {
    tree_roots: [0],
    n_targets: 1,
    nodes_featureids: new Array(levels).fill(0),
    nodes_modes: { shape: [levels], data: new Array(levels).fill(0), type: "uint8" as const },
    nodes_splits: { shape: [levels], data: range(levels, (i) => i) },
    nodes_truenodeids: range(levels, (i) => i),
    nodes_trueleafs: new Array(levels).fill(1),
    nodes_falsenodeids: range(levels, (i) => (i === levels - 1 ? (last ?? levels) : i + 1)),
    nodes_falseleafs: range(levels, (i) => (i === levels - 1 && last === undefined ? 1 : 0)),
    leaf_targetids: new Array(levels + 1).fill(0),
    leaf_weights: { shape: [levels + 1], data: range(levels + 1, (i) => i) },
  };
  return { op: "TreeEnsemble", domain: "ai.onnx.ml", inputs: ["x"], outputs: ["y"], attributes };
};

const modelOf = (node: TestNode): Model =>
  checkModel(readModel(buildModel({ inputs: { x: [1, 1] }, nodes: [node], outputs: ["y"], mlOpset: 5 })));

describe.each([
  ["TreeEnsembleRegressor", regressor],
  ["TreeEnsemble", ensemble],
])("%s", (_name, chain) => {
  test("of 1,000 levels gives the weight of the leaf at any of them", () => {
    const model = modelOf(chain(1000));
    const answer = (x: number) => evaluateGraph(model, new Map([["x", Float64Array.of(x)]])).get("y");
    for (const [x, weight] of [
      [-3, 0],
      [0.5, 1],
      [617, 617],
      [617.5, 618],
      [999, 999],
      [999.5, 1000],
    ])
      expect(answer(x)).toEqual(Float64Array.of(weight));
  });

  test("of more levels is refused, however many", () => {
    for (const levels of [1001, 20_000]) expect(() => modelOf(chain(levels))).toThrow(/deeper than 1000/);
  });

  test("that leads back to itself or to no node is refused", () => {
    for (const last of [0, 4, 10_000]) expect(() => modelOf(chain(5, last))).toThrow(/is missing or above itself/);
  });
});
