/** Another number for each class: the step that chooses the class is repeated with it, which costs no table. */
import type { ArgMaxStep, RealStep } from "../../program.ts";
import { countedFromStart } from "../counted-index.ts";
import { type Planner, type PlanOutput, tensorInput, unsupported } from "../operator.ts";
import { emitLinear, referenceOf, scaled } from "../steps.ts";
import type { Named } from "../views.ts";
import { wholeInput } from "./whole-input.ts";

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

/** `encode` of whole numbers that no choice made, looked up in a list: of an index from 0 on, of real numbers from all of least .. most and beyond. */
export function emitLookedUp(
  planner: Planner,
  { least, most, encode }: { least: number; most: number; encode: (value: number) => number },
): void {
  const whole = wholeInput(planner);
  const isIndex = whole.name === tensorInput(planner, 0).name;
  const first = isIndex ? 0 : least - 1;
  const values = Float64Array.from({ length: most + (isIndex ? 1 : 2) - first }, (_, i) => encode(first + i));
  const count = values.length;
  const index = isIndex ? countedFromStart(planner, whole, count) : counted(planner, whole, first, count);
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

/** The distance of whole numbers from the first of the list; what lies beyond its ends is at them. */
function counted(planner: Planner, { name, shape }: Named, first: number, count: number): Named {
  const index = { name: planner.fresh(name), shape };
  emitLinear(planner, index, {
    parts: [scaled(name, 1)],
    bias: { shape: [], data: Float64Array.of(-first) },
    activation: { name: "clip", lo: 0, hi: count - 1 },
  });
  return index;
}
