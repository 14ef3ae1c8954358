import { sizeOf } from "../tensor.ts";
import { badShape, inputType, intAttribute, type Operator } from "./operator.ts";
import { checkReshape } from "./reshaping.ts";

export const flatten: Operator = {
  op: "Flatten",
  takes: "as ONNX defines it",
  check: (context) => {
    const { shape } = inputType(context, 0);
    const attribute = intAttribute(context.node, "axis", 1);
    const axis = attribute < 0 ? attribute + shape.length : attribute;
    if (axis < 0 || axis > shape.length)
      badShape(context.node, `axis ${attribute} does not exist in a tensor of rank ${shape.length}`);
    return checkReshape(context, [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))]);
  },
};
