import { checkChannelNormalization } from "./channel-normalization.ts";
import { inputType, type Operator } from "./operator.ts";

/** Each channel by its own mean and variance. */
export const instanceNormalization: Operator = {
  op: "InstanceNormalization",
  takes: "constant scale and bias",
  check: (context) => checkChannelNormalization(context, inputType(context, 0).shape[1] ?? 1),
};
