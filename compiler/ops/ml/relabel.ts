/** Another number for each class: the step that chooses the class is repeated with it, which costs no table. */
import type { ArgMaxStep, RealStep } from "../../program.ts";
import { countedFromStart } from "../counted-index.ts";
import { type Planner, type PlanOutput, tensorInput, unsupported } from "../operator.ts";
import { referenceOf } from "../steps.ts";

export interface Relabelling {
  readonly encode: (value: number) => number;
  /** Names of the new values 0, 1, .. where they stand for names. */
  readonly names?: readonly string[];
}

export function emitRelabelled(
  planner: Planner,
  input: string,
  output: PlanOutput,
  { encode, names }: Relabelling,
): void {
  const choice = choiceBehind(planner, input);
  if (choice === undefined) {
    return unsupported(
      planner.node,
      "the input is not the label of a classifier",
      "map numbers to names outside the model",
    );
  }
  const count = planner.shapeOf(choice.x)[choice.axis];
  const values = Array.from({ length: count }, (_, i) => encode(choice.values?.[i] ?? i));
  const { labels: _, ...step } = choice;
  planner.emit({ ...step, out: output.name, shape: output.shape, values, ...(names ? { labels: names } : {}) });
}

/** The choice whose answer a tensor holds, through views that keep every element. */
export function choiceBehind(planner: Planner, name: string): ArgMaxStep | undefined {
  const step: RealStep | undefined = planner.producer(name);
  if (step?.kind === "argMax") return step;
  if (step?.kind === "view" && step.change.name === "reshape") return choiceBehind(planner, step.inputs[0]);
  return undefined;
}

/** Numbers for whole numbers from 0 that no choice made: values[input], looked up. */
export function emitLookedUp(planner: Planner, values: Float64Array): void {
  const count = values.length;
  const index = countedFromStart(planner, tensorInput(planner, 0), count);
  planner.emit({
    kind: "gather",
    out: planner.outputs[0].name,
    shape: planner.outputs[0].shape,
    source: { kind: "constants", values },
    indices: [{ name: index.name, stride: 1, count }],
    starts: [],
    nodes: [referenceOf(planner)],
  });
}
