import { matMul } from "./MatMul.ts";
import { inputType, type Operator } from "./operator.ts";
import { checkQuantizedProduct, readQuantization } from "./quantized.ts";

export const qLinearMatMul: Operator = {
  op: "QLinearMatMul",
  takes: "as MatMul; constant scales and zero points, by column of constants",
  check: (context) => {
    const ranks = [0, 3].map((index) => inputType(context, index).shape.length);
    return checkQuantizedProduct(context, {
      operator: matMul,
      at: [0, 3],
      quantizations: [
        readQuantization(context, 1, ranks[0], ranks[0] - 2),
        readQuantization(context, 4, ranks[1], ranks[1] - 1),
      ],
      result: readQuantization(context, 6, 0, 0),
    });
  },
};
