import type { Meaning, NodeContext } from "../operator.ts";
import { floatsAttribute, intAttribute, type Operator, stringAttribute, unsupported } from "../operator.ts";
import { expansionParts, expansionSums, kernelOf, supportVectors } from "./kernels.ts";
import { coefficientsOf, matrixScores } from "./matrix.ts";
import { regressorMeaning, rowsOf } from "./scores.ts";

/** sum of coefficient · K(v, x) + rho over the support vectors v, or coefficients · x + rho where there are none. */
export const svmRegressor: Operator = {
  op: "SVMRegressor",
  takes: "LINEAR, POLY, SIGMOID, RBF; no one_class, no post_transform",
  check: (context): Meaning => {
    const { node } = context;
    const transform = stringAttribute(node, "post_transform", "NONE");
    if (transform !== "NONE") unsupported(node, `post_transform ${transform}`, "add the function as a node behind it");
    if (intAttribute(node, "one_class", 0) !== 0)
      unsupported(
        node,
        "one_class gives the sign of the sum",
        "leave one_class out and compare the sum with 0 behind it",
      );
    return expanded(context);
  },
};

function expanded(context: NodeContext): Meaning {
  const { node } = context;
  const { rows, features } = rowsOf(context);
  const [rho = 0] = floatsAttribute(node, "rho") ?? [];
  if (intAttribute(node, "n_supports", 0) === 0)
    return regressorMeaning(context, matrixScores(coefficientsOf(node, 1, features), features, [rho]));
  const vectors = supportVectors(node, features);
  const weights = coefficientsOf(node, 1, vectors.length / features);
  const expansion = { kernel: kernelOf(node), rows, features, vectors, weights, count: 1 };
  return regressorMeaning(context, {
    count: 1,
    bias: [rho],
    parts: (planner, x) => expansionParts(planner, x, expansion),
    sums: (x) => expansionSums(expansion, x),
  });
}
