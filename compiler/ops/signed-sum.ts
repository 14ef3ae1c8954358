/** Signed sums of tensors and constants, for Add and Sub. */
import type { Part } from "../program.ts";
import type { PlanInput, Planner } from "./operator.ts";
import { broadcasted, emitLinear, NO_BIAS, scaled } from "./steps.ts";

export function emitSum(planner: Planner, ...terms: readonly (readonly [PlanInput, 1 | -1])[]): void {
  const [output] = planner.outputs;
  const parts: Part[] = [];
  let bias = NO_BIAS;
  for (const [input, sign] of terms) {
    if (input.kind === "tensor") parts.push(scaled(broadcasted(planner, input, output.shape), sign));
    else bias = { shape: input.shape, data: input.tensor.data.map((value) => sign * value) };
  }
  emitLinear(planner, output, { parts, bias });
}
