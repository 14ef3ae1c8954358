/** Multiplications of a program: what running it on a sample costs. */
import type { Part, RealProgram } from "../program.ts";
import { sizeOf } from "../tensor.ts";

export function multiplicationsOf({ steps, shapes }: RealProgram): number {
  return steps.reduce((sum, step) => {
    if (step.kind !== "linear") return sum + sizeOf(step.shape);
    return sum + step.parts.reduce((total, part) => total + partMultiplications(part, sizeOf(step.shape), shapes), 0);
  }, 0);
}

function partMultiplications(part: Part, outSize: number, shapes: RealProgram["shapes"]): number {
  switch (part.kind) {
    case "conv":
      return (outSize * part.weights.length) / part.outChannels;
    case "contract":
      return outSize * part.inN;
    case "pool":
      return outSize * sizeOf(part.windows.map((window) => window.kernel));
    case "scale":
      return outSize;
    case "product":
      return part.contracts ? outSize * (shapes.get(part.x)?.at(-1) ?? 1) : outSize;
    case "trees":
      return (sizeOf(shapes.get(part.x) ?? []) / part.forest.features) * part.forest.trees * part.forest.depth;
    case "sum":
      return sizeOf(shapes.get(part.x) ?? []);
  }
}
