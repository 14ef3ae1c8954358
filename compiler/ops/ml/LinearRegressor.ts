import { floatsAttribute, intAttribute, type Operator, stringAttribute, unsupported } from "../operator.ts";
import { coefficientsOf, matrixScores } from "./matrix.ts";
import { regressorMeaning, rowsOf } from "./scores.ts";

/** onnxruntime applies no transform to a single target, the specification does: only NONE is taken. */
export const linearRegressor: Operator = {
  op: "LinearRegressor",
  takes: "no post_transform",
  check: (context) => {
    const { node } = context;
    const { features } = rowsOf(context);
    const transform = stringAttribute(node, "post_transform", "NONE");
    if (transform !== "NONE") unsupported(node, `post_transform ${transform}`, "add the function as a node behind it");
    const targets = intAttribute(node, "targets", 1);
    const intercepts = floatsAttribute(node, "intercepts") ?? new Array<number>(targets).fill(0);
    return regressorMeaning(context, matrixScores(coefficientsOf(node, targets, features), features, intercepts));
  },
};
