import type { Operator } from "./operator.ts";
import { checkTrailingNormalization } from "./trailing-normalization.ts";

/** x / sqrt(mean of squares + epsilon) · scale over the axes from `axis` on. */
export const rmsNormalization: Operator = {
  op: "RMSNormalization",
  takes: "constant scale",
  check: (context) => checkTrailingNormalization(context, false),
};
