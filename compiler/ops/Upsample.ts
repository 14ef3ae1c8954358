import { inputConstant, inputType, type Operator, stringAttribute } from "./operator.ts";
import { checkResize } from "./Resize.ts";

/** The operator that Resize replaced: coordinates o / scale, the left neighbour. */
export const upsample: Operator = {
  op: "Upsample",
  takes: "nearest and linear",
  check: (context) => {
    const { shape } = inputType(context, 0);
    const scales = [...inputConstant(context, 1, "the list of scales").data];
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
