/** How far from 0 the parts of a sum can take it, from the largest absolute value of what they read. */
import type { LinearPart, Part } from "../program.ts";
import { sizeOf } from "../tensor.ts";

/** Trees add nothing: they stand alone. */
export function reachOf(
  parts: readonly Part[],
  largest: (tensor: string) => number,
  shapeOf: (tensor: string) => readonly number[],
): number {
  return parts.reduce((sum, part) => {
    if (part.kind === "trees") return sum;
    if (part.kind !== "product") return sum + largest(part.x) * weightOf(part, shapeOf(part.x));
    const inner = part.contracts ? (shapeOf(part.x).at(-1) ?? 1) : 1;
    return sum + Math.abs(part.factor) * inner * largest(part.x) * largest(part.y);
  }, 0);
}

/** The largest sum of absolute weights that one element of the result takes. */
function weightOf(part: LinearPart, shape: readonly number[]): number {
  switch (part.kind) {
    case "conv":
      return most(part.weights) * (part.weights.length / part.outChannels);
    case "contract":
      return most(part.weights) * part.inN;
    case "scale":
      return most(part.factors);
    case "pool":
      return most(part.factors.values()) * sizeOf(part.windows.map((window) => window.kernel));
    case "sum":
      return Math.abs(part.factor) * sizeOf(part.axes.map((axis) => shape[axis]));
  }
}

/** The largest absolute factor of anything that a part reads. */
export function largestCoefficient(part: Part): number {
  switch (part.kind) {
    case "conv":
    case "contract":
      return most(part.weights);
    case "scale":
      return most(part.factors);
    case "pool":
      return most(part.factors.values());
    case "sum":
    case "product":
      return Math.abs(part.factor);
    case "trees":
      return 0;
  }
}

function most(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
