/** Steps that only choose and move numbers: they mean the same for real numbers and for integers. */
import type { MovingStep } from "../program.ts";
import { argMax } from "./arg-max.ts";
import { gatherAt } from "./gather.ts";
import type { Values } from "./linear.ts";
import { maxPool } from "./max-pool.ts";
import { rank } from "./rank.ts";
import { applyView } from "./view.ts";

/** The step's output, row-major. Throws ValueError where a computed index leaves its axis. */
export function runMoving(step: MovingStep, values: Values): Float64Array {
  switch (step.kind) {
    case "maxPool":
      return maxPool(values.data(step.x), step.windows);
    case "argMax":
      return argMax(values.data(step.x), values.shape(step.x), step);
    case "rank":
      return rank(values.data(step.x), values.shape(step.x), step);
    case "gather":
      return gatherAt(step, values.data);
    case "view":
      return applyView(
        step.change,
        step.inputs.map((name) => ({ shape: values.shape(name), data: values.data(name) })),
        step.shape,
      );
  }
}
