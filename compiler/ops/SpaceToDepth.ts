import { checkBlocks } from "./blocks.ts";
import { badShape, inputType, intAttribute, type Operator } from "./operator.ts";

export const spaceToDepth: Operator = {
  op: "SpaceToDepth",
  takes: "as ONNX defines it",
  check: (context) => {
    const { node } = context;
    const x = inputType(context, 0);
    if (x.shape.length !== 4) badShape(node, `the input [${x.shape}] is not [N, C, H, W]`);
    const [n, c, h, w] = x.shape;
    const block = intAttribute(node, "blocksize", 0);
    const [height, width] = [h / block, w / block];
    const out = [n, c * block ** 2, height, width];
    return checkBlocks(context, [n, c, height, block, width, block], [0, 3, 5, 1, 2, 4], out);
  },
};
