/** Answers of an integer program to real samples. */
import { roundHalfUp } from "../math.ts";
import type { IntegerInput, IntegerProgram } from "../program.ts";
import { type ReferenceRun, runReference } from "../reference.ts";
import type { Sample } from "../samples.ts";

/** round(value / scale), halves up, limited to the input's range. */
export function quantizeInput({ lo, hi, scales }: IntegerInput, values: ArrayLike<number>): Int32Array {
  const scaleAt = (index: number): number => (scales.length > 1 ? scales[index] : scales[0]);
  return Int32Array.from(values, (value, i) => Math.max(lo, Math.min(hi, roundHalfUp(value / scaleAt(i)))));
}

/** Real values of some tensors (the outputs by default) for each sample; `visit` sees every run. */
export function integerAnswers(
  program: IntegerProgram,
  samples: readonly Sample[],
  { names = program.outputs, visit }: AnswerOptions = {},
): Float64Array[][] {
  return samples.map((sample) => {
    const run = runReference(
      program,
      program.inputs.map((input) => quantizeInput(input, sample.get(input.name) ?? [])),
    );
    visit?.(run);
    return names.map((name) => {
      const scale = program.scales.get(name) ?? 1;
      return (run.tensors.get(name) as Float64Array).map((value) => value * scale);
    });
  });
}

export interface AnswerOptions {
  readonly names?: readonly string[];
  readonly visit?: (run: ReferenceRun) => void;
}
