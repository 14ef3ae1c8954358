import {
  floatsAttribute,
  inputConstant,
  inputType,
  type NodeContext,
  type Operator,
  stringAttribute,
} from "./operator.ts";
import { checkResize } from "./Resize.ts";

/** The operator that Resize replaced: coordinates o / scale, the left neighbour. */
export const upsample: Operator = {
  op: "Upsample",
  takes: "nearest and linear",
  check: (context) => {
    const { shape } = inputType(context, 0);
    const scales = scalesOf(context);
    const out = shape.map((n, axis) => Math.floor(n * scales[axis]));
    return checkResize(
      context,
      { scales, shape: out },
      {
        mode: stringAttribute(context.node, "mode", "nearest"),
        coordinates: "asymmetric",
        nearest: "floor",
        cubicA: -0.75,
        excludesOutside: false,
      },
    );
  },
};

/** An attribute until opset 8, then an input. */
function scalesOf(context: NodeContext): readonly number[] {
  if (context.opset < 9) return floatsAttribute(context.node, "scales") ?? [];
  return [...inputConstant(context, 1, "the list of scales").data];
}
