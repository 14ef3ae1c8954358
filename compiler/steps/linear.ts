/** The accumulator of a linear step, over real or integer numbers alike. */
import type { Bias, LinearPart, Part } from "../program.ts";
import { broadcastTo, sizeOf } from "../tensor.ts";
import { accumulateContract } from "./contract.ts";
import { accumulateConv } from "./conv.ts";
import { accumulatePool, accumulateSum } from "./pool.ts";
import { accumulateProduct, productSizes } from "./product.ts";
import { accumulateScale } from "./scale.ts";
import { accumulateTrees } from "./trees.ts";

export interface Values {
  readonly data: (name: string) => Float64Array;
  readonly shape: (name: string) => readonly number[];
}

export function accumulate(
  step: { shape: readonly number[]; parts: readonly Part[]; bias: Bias },
  values: Values,
): Float64Array {
  const acc = Float64Array.from(broadcastTo(step.bias, step.shape));
  if (acc.length !== sizeOf(step.shape)) throw new RangeError("bias does not fit its step");
  for (const part of step.parts) {
    if (part.kind === "trees") {
      accumulateTrees(acc, part.forest, values.data(part.x));
    } else if (part.kind === "product") {
      const sizes = productSizes(part, values.shape(part.x), values.shape(part.y));
      accumulateProduct(acc, part, sizes, values.data(part.x), values.data(part.y));
    } else {
      accumulatePart(acc, part, step.shape, values.data(part.x), values.shape(part.x));
    }
  }
  return acc;
}

export function accumulatePart(
  acc: Float64Array,
  part: LinearPart,
  shape: readonly number[],
  x: Float64Array,
  xShape: readonly number[],
): void {
  switch (part.kind) {
    case "conv":
      return accumulateConv(acc, part, x);
    case "contract":
      return accumulateContract(acc, part, x, xShape);
    case "scale":
      return accumulateScale(acc, part, x, shape);
    case "pool":
      return accumulatePool(acc, part, x);
    case "sum":
      return accumulateSum(acc, part, x, xShape);
  }
}
