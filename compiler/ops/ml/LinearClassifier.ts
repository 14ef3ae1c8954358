import { badValue, floatsAttribute, type Operator, unsupported } from "../operator.ts";
import { coefficientsOf, matrixScores, mirrored } from "./matrix.ts";
import { classifierMeaning, labelsOf, rowsOf, transformOf } from "./scores.ts";

/** One score for each class, or one score s for two classes: positive for the second, shown as [1 - s, s]. */
export const linearClassifier: Operator = {
  op: "LinearClassifier",
  takes: "post_transform NONE, LOGISTIC or SOFTMAX (LOGISTIC for one score); names of classes become their positions",
  check: (context) => {
    const { node } = context;
    const { features } = rowsOf(context);
    const labels = labelsOf(node, "classlabels_ints", "classlabels_strings");
    const intercepts = floatsAttribute(node, "intercepts") ?? [];
    const transform = transformOf(node);
    const count = intercepts.length;
    const weights = coefficientsOf(node, count, features);
    if (count === 1 && labels.values.length === 2) {
      if (transform.name === "softmax") unsupported(node, "post_transform SOFTMAX of one score", "use LOGISTIC");
      const both = mirrored(weights, intercepts[0]);
      const source = matrixScores(both.weights, features, both.bias);
      return classifierMeaning(context, {
        labels,
        source,
        transform,
        ...(transform.name === "none" ? { shown: { factor: 1, shift: [1, 0] } } : {}),
      });
    }
    if (count !== labels.values.length || count < 2)
      badValue(node, `${count} scores for ${labels.values.length} classes`, "export the model again");
    return classifierMeaning(context, { labels, source: matrixScores(weights, features, intercepts), transform });
  },
};
