import { inputType, intAttribute, type Operator } from "./operator.ts";
import { reducedAxes } from "./reduced-axes.ts";
import { checkMean } from "./reduction.ts";
import { checkReshape } from "./reshaping.ts";

export const reduceMean: Operator = {
  op: "ReduceMean",
  takes: "constant axes",
  check: (context) => {
    const axes = reducedAxes(context);
    if (axes === undefined) return checkReshape(context, inputType(context, 0).shape);
    return checkMean(context, axes, intAttribute(context.node, "keepdims", 1) !== 0, true);
  },
};
