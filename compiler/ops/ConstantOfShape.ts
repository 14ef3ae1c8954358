import { requireElements } from "../limits.ts";
import { sizeOf, tensor } from "../tensor.ts";
import { constantly } from "./folded.ts";
import { inputConstant, type Operator } from "./operator.ts";

export const constantOfShape: Operator = {
  op: "ConstantOfShape",
  takes: "folded",
  check: (context) => {
    const shape = [...inputConstant(context, 0, "the shape").data];
    requireElements(shape, "the output", context.node);
    const attribute = context.node.attributes["value"];
    const { data, dtype } =
      attribute?.kind === "tensor" ? attribute.value : tensor([1], new Float64Array(1), "float32");
    return constantly(tensor(shape, new Float64Array(sizeOf(shape)).fill(data[0]), dtype));
  },
};
