import type { TreeLeaf, TreeNode } from "../../forest.ts";
import type { GraphNode } from "../../graph.ts";
import { badValue, intAttribute, intsAttribute, type Operator, tensorAttribute, unsupported } from "../operator.ts";
import { branch, ensembleOf, ensembleScores, otherMode, treeMaker } from "./ensemble.ts";
import { regressorMeaning, rowsOf } from "./scores.ts";

/** Codes of nodes_modes. */
const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "BRANCH_MEMBER"];

/** Codes of aggregate_function. */
const [AVERAGE, SUM] = [0, 1];

/** Opset 5: branches and leaves in lists of their own, one target and weight for each leaf. */
export const treeEnsemble: Operator = {
  op: "TreeEnsemble",
  takes: "paths (docs/decisions/0004-trees.md); comparisons, no sets; SUM or AVERAGE; no post_transform",
  check: (context) => {
    const { node } = context;
    const { features } = rowsOf(context);
    const aggregate = intAttribute(node, "aggregate_function", SUM);
    if (aggregate !== SUM && aggregate !== AVERAGE)
      unsupported(node, `aggregate_function ${aggregate}`, "use 1 (SUM) or 0 (AVERAGE)");
    if (intAttribute(node, "post_transform", 0) !== 0)
      unsupported(node, "post_transform", "add the function as a node behind the trees");
    const roots = intsAttribute(node, "tree_roots") ?? [];
    const trees = treesFrom(node, roots, aggregate === AVERAGE ? 1 / roots.length : 1);
    const shape = { features, targets: intAttribute(node, "n_targets", 1) };
    return regressorMeaning(context, ensembleScores(node, ensembleOf(node, trees, shape, undefined)));
  },
};

function treesFrom(node: GraphNode, roots: readonly number[], scale: number): TreeNode[] {
  const [features, yes, no, yesIsLeaf, noIsLeaf, targets] = [
    "nodes_featureids",
    "nodes_truenodeids",
    "nodes_falsenodeids",
    "nodes_trueleafs",
    "nodes_falseleafs",
    "leaf_targetids",
  ].map((name) => intsAttribute(node, name) ?? []);
  const [modes, splits, weights] = ["nodes_modes", "nodes_splits", "leaf_weights"].map(
    (name) => tensorAttribute(node, name) ?? [],
  );
  if ([yes, no, yesIsLeaf, noIsLeaf, modes, splits].some((list) => list.length !== features.length))
    badValue(node, "the lists of nodes differ in length", "export the model again");
  if (targets.length !== weights.length)
    badValue(node, `${weights.length} leaf weights and ${targets.length} targets`, "export the model again");
  const leaf = (index: number): TreeLeaf => {
    if (weights[index] === undefined) badValue(node, `leaf ${index} is missing`, "export the model again");
    return [[targets[index], scale * weights[index]]];
  };
  const treeAt = treeMaker(node, (index: number) => {
    if (features[index] === undefined) return undefined;
    const children = [
      { at: yes[index], isLeaf: yesIsLeaf[index] === 1 },
      { at: no[index], isLeaf: noIsLeaf[index] === 1 },
    ];
    const [first, second] = children;
    // A tree of a single leaf is a node that leads to it both ways.
    if (first.isLeaf && second.isLeaf && first.at === second.at) return { below: [], make: () => leaf(first.at) };
    const mode = MODES[modes[index]] ?? `${modes[index]}`;
    return {
      below: children.flatMap(({ at, isLeaf }) => (isLeaf ? [] : at)),
      make: (nodeAt) => {
        const [ifYes, ifNo] = children.map(({ at, isLeaf }) => (isLeaf ? leaf(at) : nodeAt(at)));
        return branch(mode, features[index], splits[index], ifYes, ifNo) ?? otherMode(node, mode);
      },
    };
  });
  return roots.map(treeAt);
}
