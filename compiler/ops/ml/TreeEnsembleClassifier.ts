import type { TreeLeaf } from "../../forest.ts";
import { floatsAttribute, type NodeContext, type Operator, unsupported } from "../operator.ts";
import { ensembleOf, ensembleScores, leafWeights, treesOf } from "./ensemble.ts";
import { type Classifier, classifierMeaning, labelsOf, rowsOf, transformOf } from "./scores.ts";

/** Scores are sums of leaf weights; the label is that of the largest. */
export const treeEnsembleClassifier: Operator = {
  op: "TreeEnsembleClassifier",
  takes:
    "paths (docs/decisions/0004-trees.md); every comparison; post_transform NONE, LOGISTIC or SOFTMAX; names of classes become their positions, the artifact has the names",
  check: (context) => {
    const { node } = context;
    const labels = labelsOf(node, "classlabels_int64s", "classlabels_strings");
    const leaves = leafWeights(node, "class");
    const targets = new Set([...leaves.values()].flatMap((entries) => entries.map(([target]) => target)));
    if (labels.values.length < 2) unsupported(node, `${labels.values.length} classes`, "give two classes or more");
    if (labels.values.length === 2 && targets.size === 1) return classifierMeaning(context, oneScore(context, leaves));
    const shape = { features: rowsOf(context).features, targets: labels.values.length };
    const ensemble = ensembleOf(node, treesOf(node, leaves), shape, floatsAttribute(node, "base_values"));
    return classifierMeaning(context, { labels, source: ensembleScores(node, ensemble), transform: transformOf(node) });
  },
};

/** Two classes, one score s: the trees add -s to the first class and s to the second. */
function oneScore(context: NodeContext, leaves: ReadonlyMap<string, TreeLeaf>): Classifier {
  const { node } = context;
  const base = floatsAttribute(node, "base_values") ?? [];
  const isSecond = [...leaves.values()].some((entries) => entries.some(([target]) => target === 1));
  if (base.length > 1 || isSecond)
    unsupported(
      node,
      isSecond ? "all weights belong to the second of two classes" : "two base values for one score",
      "give the weights to the first class, with one base value or none, as converters do",
    );
  const both = new Map(
    [...leaves].map(([key, entries]) => [
      key,
      entries.flatMap(([, weight]) => [
        [0, -weight],
        [1, weight],
      ]) as TreeLeaf,
    ]),
  );
  const shape = { features: rowsOf(context).features, targets: 2 };
  const [start = 0] = base;
  const ensemble = ensembleOf(node, treesOf(node, both), shape, [-start, start]);
  const source = ensembleScores(node, ensemble);
  const transform = transformOf(node);
  if (transform.name === "softmax") unsupported(node, "post_transform SOFTMAX of one score", "use LOGISTIC");
  const labels = labelsOf(node, "classlabels_int64s", "classlabels_strings");
  const isPositive = [...leaves.values()].every((entries) => entries.every(([, weight]) => weight >= 0));
  if (!isPositive) return { labels, source, transform };
  if (transform.name !== "none") return { labels, source, transform, decision: [1, 0] };
  return { labels, source: { ...source, bias: [source.bias[0] + 1, source.bias[1]] }, transform };
}
