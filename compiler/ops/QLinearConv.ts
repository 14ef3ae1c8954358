import { tensor } from "../tensor.ts";
import { conv } from "./Conv.ts";
import { inputConstant, inputType, type Operator } from "./operator.ts";
import { checkQuantizedProduct, readQuantization } from "./quantized.ts";

export const qLinearConv: Operator = {
  op: "QLinearConv",
  takes: "as Conv; constant scales and zero points, by channel of the kernel",
  check: (context) => {
    const rank = inputType(context, 0).shape.length;
    const [x, w] = [readQuantization(context, 1, rank, 1), readQuantization(context, 4, rank, 0)];
    const integers = context.types[8] === undefined ? undefined : inputConstant(context, 8, "the bias");
    const bias = integers?.data.map((value, i) => value * x.scales[0] * (w.scales[i] ?? w.scales[0]));
    return checkQuantizedProduct(context, {
      operator: conv,
      at: [0, 3],
      quantizations: [x, w],
      ...(integers && bias ? { bias: tensor(integers.shape, bias) } : {}),
      result: readQuantization(context, 6, 0, 0),
    });
  },
};
