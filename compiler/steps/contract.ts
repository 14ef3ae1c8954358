/** Contraction of one axis with a constant matrix: what it adds to the accumulator. */
import type { ContractPart } from "../program.ts";
import { sizeOf } from "../tensor.ts";

/** acc[a][m][b] += sum_k weights[m][k] · x[a][k][b] */
export function accumulateContract(
  acc: Float64Array,
  part: ContractPart,
  x: Float64Array,
  xShape: readonly number[],
): void {
  const inner = sizeOf(xShape.slice(part.axis + 1));
  const outer = sizeOf(xShape.slice(0, part.axis));
  const { inN, outN, weights } = part;
  for (let a = 0; a < outer; a++) {
    for (let m = 0; m < outN; m++) {
      for (let b = 0; b < inner; b++) {
        let sum = 0;
        const base = a * inN * inner + b;
        for (let k = 0; k < inN; k++) sum += weights[m * inN + k] * x[base + k * inner];
        acc[(a * outN + m) * inner + b] += sum;
      }
    }
  }
}
