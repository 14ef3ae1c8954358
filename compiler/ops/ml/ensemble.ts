/** Attributes of the tree operators to trees whose every comparison is <= or <. */
import {
  buildForest,
  depthOf,
  type Forest,
  isLeaf,
  type TreeBranch,
  type TreeLeaf,
  type TreeNode,
} from "../../forest.ts";
import type { GraphNode } from "../../graph.ts";
import { requireLiveElements } from "../../limits.ts";
import type { Part } from "../../program.ts";
import { accumulateTrees } from "../../steps/trees.ts";
import { sizeOf, type TensorType, tensor } from "../../tensor.ts";
import {
  badValue,
  floatsAttribute,
  intsAttribute,
  type Meaning,
  stringsAttribute,
  tensorInput,
  unsupported,
} from "../operator.ts";
import { emitLinear } from "../steps.ts";
import { finish, sliced } from "../views.ts";
import type { ScoreSource } from "./scores.ts";

/**
 * A node that leads to `yes` where feature and threshold compare as `mode` says; undefined for a mode of another kind. Which way a missing
 * value goes is left out: inputs are integers and none stands for a missing value.
 */
export function branch(
  mode: string,
  feature: number,
  threshold: number,
  yes: TreeNode,
  no: TreeNode,
): TreeBranch | undefined {
  const atMost = (y: TreeNode, n: TreeNode): TreeBranch => ({ feature, threshold, strict: false, yes: y, no: n });
  const below = (y: TreeNode, n: TreeNode): TreeBranch => ({ feature, threshold, strict: true, yes: y, no: n });
  switch (mode) {
    case "BRANCH_LEQ":
      return atMost(yes, no);
    case "BRANCH_LT":
      return below(yes, no);
    case "BRANCH_GTE":
      return below(no, yes);
    case "BRANCH_GT":
      return atMost(no, yes);
    case "BRANCH_EQ":
      return below(no, atMost(yes, no));
    case "BRANCH_NEQ":
      return below(yes, atMost(no, yes));
    default:
      return undefined;
  }
}

export const otherMode = (node: GraphNode, mode: string): never =>
  unsupported(node, `nodes of mode ${mode}`, "use comparisons only");

interface Columns {
  readonly trees: readonly number[];
  readonly ids: readonly number[];
  readonly modes: readonly string[];
  readonly features: readonly number[];
  readonly thresholds: readonly number[];
  readonly yes: readonly number[];
  readonly no: readonly number[];
}

function columnsOf(node: GraphNode): Columns {
  const ids = intsAttribute(node, "nodes_nodeids") ?? [];
  const column = <T>(name: string, values: readonly T[] | undefined): readonly T[] => {
    if (values?.length !== ids.length)
      badValue(node, `${name} has ${values?.length ?? 0} values for ${ids.length} nodes`, "export the model again");
    return values;
  };
  return {
    ids,
    trees: column("nodes_treeids", intsAttribute(node, "nodes_treeids")),
    modes: column("nodes_modes", stringsAttribute(node, "nodes_modes")),
    features: column("nodes_featureids", intsAttribute(node, "nodes_featureids")),
    thresholds: column("nodes_values", floatsAttribute(node, "nodes_values")),
    yes: column("nodes_truenodeids", intsAttribute(node, "nodes_truenodeids")),
    no: column("nodes_falsenodeids", intsAttribute(node, "nodes_falsenodeids")),
  };
}

/** Targets and weights of the leaves, by "tree node". */
export type LeafWeights = ReadonlyMap<string, TreeLeaf>;

/** `prefix` is "class" or "target". */
export function leafWeights(node: GraphNode, prefix: string): Map<string, [target: number, weight: number][]> {
  const [trees, nodes, targets] = ["treeids", "nodeids", "ids"].map(
    (name) => intsAttribute(node, `${prefix}_${name}`) ?? [],
  );
  const weights = floatsAttribute(node, `${prefix}_weights`) ?? [];
  const leaves = new Map<string, [number, number][]>();
  if ([nodes, targets, weights].some((list) => list.length !== trees.length))
    badValue(node, "the lists of leaf weights differ in length", "export the model again");
  trees.forEach((tree, i) => {
    const key = `${tree} ${nodes[i]}`;
    const leaf = leaves.get(key) ?? [];
    leaf.push([targets[i], weights[i]]);
    leaves.set(key, leaf);
  });
  return leaves;
}

interface NodePlan<Key> {
  /** Nodes that are made before. */
  readonly below: readonly Key[];
  readonly make: (nodeAt: (key: Key) => TreeNode) => TreeNode;
}

/**
 * Makes everything below a root, each node once. Nothing calls itself, so that a tree of any depth is an answer; `planOf` is undefined where
 * a key names no node.
 */
export function treeMaker<Key>(
  node: GraphNode,
  planOf: (key: Key) => NodePlan<Key> | undefined,
): (root: Key) => TreeNode {
  const made = new Map<Key, TreeNode>();
  const nodeAt = (key: Key): TreeNode => made.get(key) as TreeNode;
  const refuse = (key: Key): never =>
    badValue(node, `node ${key} is missing or above itself`, "export the model again");
  return (root) => {
    const path = made.has(root) ? [] : [root];
    const above = new Set<Key>();
    while (path.length > 0) {
      const key = path[path.length - 1];
      const { below, make } = planOf(key) ?? refuse(key);
      const next = below.find((child) => !made.has(child));
      if (next === undefined) {
        made.set(key, make(nodeAt));
        above.delete(key);
        path.pop();
      } else {
        above.add(key);
        if (above.has(next)) refuse(next);
        path.push(next);
      }
    }
    return nodeAt(root);
  };
}

/** The first node of each tree, in the order of the attributes. */
export function treesOf(node: GraphNode, leaves: LeafWeights): TreeNode[] {
  const columns = columnsOf(node);
  const index = new Map(columns.ids.map((id, i) => [`${columns.trees[i]} ${id}`, i]));
  const keyOf = (i: number, id: number): string => `${columns.trees[i]} ${id}`;
  const treeAt = treeMaker(node, (key: string) => {
    const i = index.get(key);
    if (i === undefined) return undefined;
    const mode = columns.modes[i];
    if (mode === "LEAF") return { below: [], make: () => leaves.get(key) ?? [] };
    const [yes, no] = [keyOf(i, columns.yes[i]), keyOf(i, columns.no[i])];
    return {
      below: [yes, no],
      make: (nodeAt) =>
        branch(mode, columns.features[i], columns.thresholds[i], nodeAt(yes), nodeAt(no)) ?? otherMode(node, mode),
    };
  });
  const seen = new Set<number>();
  const roots: TreeNode[] = [];
  columns.trees.forEach((tree, i) => {
    if (seen.has(tree)) return;
    seen.add(tree);
    roots.push(treeAt(keyOf(i, columns.ids[i])));
  });
  return roots;
}

export interface Ensemble {
  /** The trees that are more than a leaf. */
  readonly branches: readonly TreeBranch[];
  /** Undefined where every tree is a single leaf. */
  readonly forest: Forest | undefined;
  /** By target, what does not depend on the input. */
  readonly constant: readonly number[];
}

/** Weights are multiplied by `scale`; `base` is added to the sums. */
export function ensembleOf(
  node: GraphNode,
  roots: readonly TreeNode[],
  shape: { readonly features: number; readonly targets: number },
  base: readonly number[] | undefined,
): Ensemble {
  const { features, targets } = shape;
  requireLiveElements([targets], "the list of targets", node);
  const constant = Array.from({ length: targets }, (_, target) => base?.[target] ?? 0);
  checkNodes(node, roots, shape);
  for (const root of roots) if (isLeaf(root)) for (const [target, weight] of root) constant[target] += weight;
  const branches = roots.filter((root): root is TreeBranch => !isLeaf(root));
  if (branches.length === 0) return { branches, forest: undefined, constant };
  const refuse = ({ reason, remedy }: { reason?: string; remedy?: string }): never =>
    badValue(node, reason ?? "", remedy ?? "");
  const depth = branches.reduce((most, root) => Math.max(most, depthOf(root, refuse)), 0);
  return { branches, forest: buildForest(branches, depth, features, targets), constant };
}

function checkNodes(
  node: GraphNode,
  roots: readonly TreeNode[],
  { features, targets }: { features: number; targets: number },
): void {
  const seen = new Set<TreeNode>(roots);
  for (const item of seen) {
    if (isLeaf(item)) {
      for (const [target, weight] of item)
        if (!(target >= 0 && target < targets && Number.isFinite(weight)))
          badValue(node, `a leaf adds ${weight} to target ${target} of ${targets}`, "export the model again");
      continue;
    }
    if (!(item.feature >= 0 && item.feature < features))
      badValue(node, `a node reads feature ${item.feature} of ${features}`, "check the shape of the model's input");
    if (Number.isNaN(item.threshold))
      badValue(node, "a threshold is not a number", "train the model without missing values");
    seen.add(item.yes).add(item.no);
  }
}

/** The ensemble's sums as scores. */
export function ensembleScores(node: GraphNode, { branches, forest, constant }: Ensemble): ScoreSource {
  if (forest === undefined)
    unsupported(node, "every tree is a single leaf: nothing depends on the input", "use a constant");
  return {
    count: forest.targets,
    roots: branches,
    parts: (_planner, x) => [{ kind: "trees", x, forest }],
    bias: constant,
    sums: (x) => {
      const sums = new Float64Array((x.data.length / forest.features) * forest.targets);
      accumulateTrees(sums, forest, x.data);
      return sums;
    },
  };
}

/** Trees over the features of a tensor [1, features]. */
interface TreesOver {
  readonly roots: readonly TreeNode[];
  readonly features: number;
}

/** Sums of trees over the node's inputs, one list of trees for each; the elements of the outputs, in order, are the targets. */
export function treeSums(
  node: GraphNode,
  over: readonly TreesOver[],
  base: readonly number[],
  outputs: readonly TensorType[],
): Meaning {
  const targets = base.length;
  const ensembles = over.map(({ roots, features }) => ensembleOf(node, roots, { features, targets }, undefined));
  const constant = Float64Array.from(base, (value, target) =>
    ensembles.reduce((sum, ensemble) => sum + ensemble.constant[target], value),
  );
  const ends = outputs.map((_, k) => outputs.slice(0, k + 1).reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  return {
    outputs,
    float: (inputs) => {
      const sums = Float64Array.from(constant);
      ensembles.forEach(({ forest }, i) => {
        if (forest) accumulateTrees(sums, forest, inputs[i].data);
      });
      return outputs.map(({ shape, dtype }, k) => tensor(shape, sums.slice(ends[k] - sizeOf(shape), ends[k]), dtype));
    },
    plan: (planner) => {
      const parts = ensembles.flatMap(({ forest }, i): Part[] =>
        forest ? [{ kind: "trees", x: tensorInput(planner, i).name, forest }] : [],
      );
      const sums = { name: planner.fresh(`${node.name} sums`), shape: [1, targets] };
      emitLinear(planner, sums, { parts, bias: { shape: [1, targets], data: constant } });
      outputs.forEach(({ shape }, k) => {
        const size = sizeOf(shape);
        finish(planner, sliced(planner, sums, 1, ends[k] - size, 1, size), k);
      });
    },
  };
}
