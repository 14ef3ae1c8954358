/** Whole numbers among real ones. */
import { makesIndices } from "../../program.ts";
import { type Planner, tensorInput } from "../operator.ts";
import { emitLinear, scaled } from "../steps.ts";
import type { Named } from "../views.ts";

const ROUND = { name: "function", f: "round", a: 0, b: 0 } as const;

/**
 * The categories as whole numbers. A category that enters as a feature of real numbers lies on the grid of its scale, beside the whole
 * number: it is rounded, where ONNX truncates, which for whole numbers is the same.
 */
export function wholeInput(planner: Planner): Named {
  const { name, shape } = tensorInput(planner, 0);
  const step = planner.producer(name);
  if (step === undefined || makesIndices(step)) return { name, shape };
  const [part] = step.kind === "linear" ? step.parts : [];
  const isCast = step.kind === "linear" && step.activation.name === "function" && step.activation.f === "truncate";
  const rounded = { name: planner.fresh(name), shape };
  emitLinear(planner, rounded, {
    parts: [scaled(isCast && part?.kind === "scale" ? part.x : name, 1)],
    activation: ROUND,
  });
  return rounded;
}
