/** The output of an inference for people: real numbers or names of classes by tensor, or what the statement has instead of them. */
import { unpackBatch } from "../api/prover.ts";
import type { BoundaryTensor, Circuit } from "../core/circuit.ts";

/** `output` is what the statement carries. One line, or one for each inference of a batch. */
export function answerText({ circuit }: { readonly circuit: Circuit }, output: Uint8Array): string {
  return unpackBatch({ circuit }, output)
    .map((tensors) => `[${tensors.map((values, t) => tensorText(circuit.outputs[t], values)).join(",")}]`)
    .join("\n");
}

function tensorText({ name, visibility, labels }: BoundaryTensor, values: Float64Array): string {
  if (visibility !== "public") return `${name} ${visibility}`;
  return JSON.stringify(Array.from(values, (value) => labels?.[value] ?? value));
}
