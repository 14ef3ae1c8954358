import { checkChannelNormalization } from "./channel-normalization.ts";
import { intAttribute, type Operator } from "./operator.ts";

/** Each group of neighbouring channels by its own mean and variance. */
export const groupNormalization: Operator = {
  op: "GroupNormalization",
  takes: "constant scale and bias, by channel or by group",
  check: (context) => checkChannelNormalization(context, intAttribute(context.node, "num_groups", 1)),
};
