import { floatsAttribute, intAttribute, type Operator, stringAttribute, unsupported } from "../operator.ts";
import { ensembleOf, ensembleScores, leafWeights, treesOf } from "./ensemble.ts";
import { regressorMeaning, rowsOf } from "./scores.ts";

/** Sums or averages of leaf weights. onnxruntime applies no transform to a single target, the specification does: only NONE is taken. */
export const treeEnsembleRegressor: Operator = {
  op: "TreeEnsembleRegressor",
  takes: "paths; SUM or AVERAGE; no post_transform",
  check: (context) => {
    const { node } = context;
    const { features } = rowsOf(context);
    const transform = stringAttribute(node, "post_transform", "NONE");
    if (transform !== "NONE")
      unsupported(node, `post_transform ${transform}`, "add the function as a node behind the trees");
    const aggregate = stringAttribute(node, "aggregate_function", "SUM");
    if (aggregate !== "SUM" && aggregate !== "AVERAGE")
      unsupported(node, `aggregate_function ${aggregate}`, "use SUM or AVERAGE");
    const roots = treesOf(node, leafWeights(node, "target"));
    const scale = aggregate === "AVERAGE" ? 1 / roots.length : 1;
    const leaves = leafWeights(node, "target");
    for (const entries of leaves.values()) for (const entry of entries) entry[1] *= scale;
    const shape = { features, targets: intAttribute(node, "n_targets", 1) };
    const ensemble = ensembleOf(node, treesOf(node, leaves), shape, floatsAttribute(node, "base_values"));
    return regressorMeaning(context, ensembleScores(node, ensemble));
  },
};
