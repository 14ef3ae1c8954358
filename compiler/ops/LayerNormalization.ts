import { type Operator, unsupported } from "./operator.ts";
import { checkTrailingNormalization } from "./trailing-normalization.ts";

/** (x - mean) / sqrt(variance + epsilon) · scale + bias over the axes from `axis` on. */
export const layerNormalization: Operator = {
  op: "LayerNormalization",
  takes: "scale and bias constant; mean and deviation are not outputs",
  check: (context) => {
    if (context.node.outputs.slice(1).some((name) => name !== ""))
      unsupported(context.node, "mean or deviation is an output", "export the model without the statistics");
    return checkTrailingNormalization(context, true);
  },
};
