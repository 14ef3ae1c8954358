import type { TreeLeaf, TreeNode } from "../../forest.ts";
import type { GraphNode } from "../../graph.ts";
import { badValue, intAttribute, intsAttribute, type Operator, tensorAttribute, unsupported } from "../operator.ts";
import { branch, ensembleOf, ensembleScores } from "./ensemble.ts";
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
  const made = new Map<number, TreeNode>();
  const make = (index: number, above: ReadonlySet<number>): TreeNode => {
    const known = made.get(index);
    if (known) return known;
    if (features[index] === undefined || above.has(index))
      badValue(node, `node ${index} is missing or above itself`, "export the model again");
    const below = new Set([...above, index]);
    const child = (at: number, isLeaf: number): TreeNode => (isLeaf === 1 ? leaf(at) : make(at, below));
    // A tree of a single leaf is a node that leads to it both ways.
    if (yesIsLeaf[index] === 1 && noIsLeaf[index] === 1 && yes[index] === no[index]) return leaf(yes[index]);
    const mode = MODES[modes[index]] ?? `${modes[index]}`;
    const [first, second] = [child(yes[index], yesIsLeaf[index]), child(no[index], noIsLeaf[index])];
    const result = branch(mode, features[index], splits[index], first, second);
    if (result === undefined) unsupported(node, `nodes of mode ${mode}`, "use comparisons only");
    made.set(index, result);
    return result;
  };
  return roots.map((root) => make(root, new Set()));
}
