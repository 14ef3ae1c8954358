import { conv } from "./Conv.ts";
import type { Operator } from "./operator.ts";
import { checkQuantizedProduct, zeroPointOnly } from "./quantized.ts";

export const convInteger: Operator = {
  op: "ConvInteger",
  takes: "as Conv; constant zero points; sums are rounded to the result's scale",
  check: (context) =>
    checkQuantizedProduct(context, {
      operator: conv,
      at: [0, 1],
      quantizations: [zeroPointOnly(context, 0, 2, 1), zeroPointOnly(context, 1, 3, 0)],
    }),
};
