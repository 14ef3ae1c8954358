import { checkBlocks } from "./blocks.ts";
import { badShape, inputType, intAttribute, type Operator, stringAttribute } from "./operator.ts";

/** Both orders of the depth: DCR and CRD. */
export const depthToSpace: Operator = {
  op: "DepthToSpace",
  takes: "both modes",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    if (x.shape.length !== 4) badShape(node, `the input [${x.shape}] is not [N, C, H, W]`);
    const [n, c, h, w] = x.shape;
    const block = intAttribute(node, "blocksize", 0);
    const depth = c / block ** 2;
    const out = [n, depth, h * block, w * block];
    return stringAttribute(node, "mode", "DCR") === "CRD"
      ? checkBlocks(context, [n, depth, block, block, h, w], [0, 1, 4, 2, 5, 3], out)
      : checkBlocks(context, [n, block, block, depth, h, w], [0, 3, 4, 1, 5, 2], out);
  },
};
