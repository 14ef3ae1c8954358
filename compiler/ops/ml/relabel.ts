/** Another number for each class: the step that chooses the class is repeated with it, which costs no table. */
import type { ArgMaxStep, RealStep } from "../../program.ts";
import { type Planner, type PlanOutput, unsupported } from "../operator.ts";

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
  const count = planner.shapeOf(choice.x)[choice.axis];
  const values = Array.from({ length: count }, (_, i) => encode(choice.values?.[i] ?? i));
  const { labels: _, ...step } = choice;
  planner.emit({ ...step, out: output.name, shape: output.shape, values, ...(names ? { labels: names } : {}) });
}

/** The choice whose answer a tensor holds, through views that keep every element. */
function choiceBehind(planner: Planner, name: string): ArgMaxStep {
  const step: RealStep | undefined = planner.producer(name);
  if (step?.kind === "argMax") return step;
  if (step?.kind === "view" && step.change.name === "reshape") return choiceBehind(planner, step.inputs[0]);
  return unsupported(
    planner.node,
    "the input is not the label of a classifier or an index",
    "map numbers outside the model",
  );
}
