/** What the answers of a program are judged by. */
import type { RealProgram } from "../program.ts";
import type { Sample } from "../samples.ts";
import { sizeOf } from "../tensor.ts";
import { runReal } from "./calibrate.ts";
import type { Decision } from "./candidate.ts";

/** Outputs that are indices are judged by the values they are chosen from, where each sample makes one choice. */
export function decisionsOf(program: RealProgram, samples: readonly Sample[]): Decision[] {
  const judged = program.outputs.map((output) => judgedTensor(program, output));
  const runs = samples.map((sample) => {
    const values = runReal(program, sample);
    return judged.map(({ tensor }) => values.get(tensor) as Float64Array);
  });
  return judged.map((item, index) => ({ ...item, float: runs.map((values) => values[index]) }));
}

function judgedTensor(program: RealProgram, output: string): { tensor: string; isIndex: boolean } {
  let name = output;
  for (;;) {
    const step = program.steps.find((item) => item.out === name);
    if (step?.kind === "argMax") {
      const shape = program.shapes.get(step.x) ?? [];
      return sizeOf(shape) === shape[step.axis]
        ? { tensor: step.x, isIndex: false }
        : { tensor: output, isIndex: true };
    }
    if (step?.kind !== "view" || step.inputs.length !== 1) return { tensor: output, isIndex: false };
    [name] = step.inputs;
  }
}
