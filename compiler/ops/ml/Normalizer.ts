import type { AttributeValue } from "../../graph.ts";
import { lpNormalization } from "../LpNormalization.ts";
import { type Operator, stringAttribute, unsupported } from "../operator.ts";

/** Each row divided by its L1 or L2 norm. */
export const normalizer: Operator = {
  op: "Normalizer",
  takes: "L1 or L2",
  check: (context) => {
    const norm = stringAttribute(context.node, "norm", "MAX");
    if (norm !== "L1" && norm !== "L2") unsupported(context.node, `norm ${norm}`, "use L1 or L2");
    const p: AttributeValue = { kind: "int", value: norm === "L1" ? 1 : 2 };
    return lpNormalization.check({ ...context, node: { ...context.node, attributes: { p } } });
  },
};
