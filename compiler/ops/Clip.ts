import { badValue, floatAttribute, inputConstant, type NodeContext, type Operator } from "./operator.ts";
import { checkActivation } from "./unary.ts";

/** Bounds are attributes before operator set 11, optional inputs since. */
export const clip: Operator = {
  op: "Clip",
  takes: "constant bounds",
  check: (context) => {
    const lo = bound(context, 1, "min", Number.NEGATIVE_INFINITY);
    const hi = bound(context, 2, "max", Number.POSITIVE_INFINITY);
    if (!(lo <= hi))
      badValue(context.node, `the bounds ${lo} and ${hi} leave no value`, "give a min that is not above max");
    return checkActivation(context, { name: "clip", lo, hi });
  },
};

function bound(context: NodeContext, index: number, name: string, fallback: number): number {
  if (context.opset < 11) return floatAttribute(context.node, name, fallback);
  return context.types[index] === undefined ? fallback : inputConstant(context, index, name).data[0];
}
