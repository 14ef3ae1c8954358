/** Comparisons and logic: the sign of a difference or of a count, one row for each element, 0 or 1. */
import type { Activation } from "../activation.ts";
import type { Bias, Part } from "../program.ts";
import { checkBinary } from "./binary.ts";
import type { Meaning, NodeContext, PlanInput, Planner } from "./operator.ts";
import { addBiases, broadcasted, emitLinear, NO_BIAS, scaled } from "./steps.ts";

export type Sign = "isPositive" | "isNotNegative" | "isZero";

const signActivation = (f: Sign): Activation => ({ name: "function", f, a: 0, b: 0 });

/** sign(left·a + right·b + shift) as 0 or 1. */
export function checkSign(
  context: NodeContext,
  combine: (a: number, b: number) => boolean,
  { left, right, shift = 0, sign }: { left: 1 | -1; right: 1 | -1; shift?: number; sign: Sign },
): Meaning {
  const meaning = checkBinary(
    context,
    (a, b) => (combine(a, b) ? 1 : 0),
    (planner, a, b) => emitSign(planner, [a, b], [left, right], shift, sign),
  );
  return {
    ...meaning,
    outputs: meaning.outputs.map((type) => ({ ...type, dtype: "bool" })),
    float: (inputs) => meaning.float(inputs).map((result) => ({ ...result, dtype: "bool" })),
  };
}

function emitSign(
  planner: Planner,
  inputs: readonly PlanInput[],
  factors: readonly number[],
  shift: number,
  sign: Sign,
): void {
  const [output] = planner.outputs;
  const parts: Part[] = [];
  let bias: Bias = { ...NO_BIAS, data: Float64Array.of(shift) };
  inputs.forEach((input, i) => {
    if (input.kind === "tensor") parts.push(scaled(broadcasted(planner, input, output.shape), factors[i]));
    else bias = addBiases(bias, { shape: input.shape, data: input.tensor.data.map((value) => factors[i] * value) });
  });
  emitLinear(planner, output, { parts, bias, activation: signActivation(sign) });
}
