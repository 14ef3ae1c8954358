import { checkExtremum } from "./extremum.ts";
import { inputType, intAttribute, type Operator } from "./operator.ts";
import { reducedAxes } from "./reduced-axes.ts";
import { checkReshape } from "./reshaping.ts";

export const reduceMin: Operator = {
  op: "ReduceMin",
  takes: "constant axes",
  check: (context) => {
    const axes = reducedAxes(context);
    if (axes === undefined) return checkReshape(context, inputType(context, 0).shape);
    return checkExtremum(context, axes, intAttribute(context.node, "keepdims", 1) !== 0, -1);
  },
};
