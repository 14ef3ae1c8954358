import { matMul } from "./MatMul.ts";
import { inputType, type Operator } from "./operator.ts";
import { checkQuantizedProduct, zeroPointOnly } from "./quantized.ts";

export const matMulInteger: Operator = {
  op: "MatMulInteger",
  takes: "as MatMul; constant zero points; sums are rounded to the result's scale",
  check: (context) => {
    const rank = inputType(context, 1).shape.length;
    return checkQuantizedProduct(context, {
      operator: matMul,
      at: [0, 1],
      quantizations: [zeroPointOnly(context, 0, 2, 0), zeroPointOnly(context, 1, 3, rank - 1)],
    });
  },
};
