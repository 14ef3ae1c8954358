/** How far from 0 the parts of a sum can take it, from the largest absolute value of what they read. */
import type { LinearPart, Part, ProductPart } from "../program.ts";
import { sizeOf } from "../tensor.ts";

export function reachOf(
  parts: readonly Part[],
  largest: (tensor: string) => number,
  shapeOf: (tensor: string) => readonly number[],
): number {
  return parts.reduce((sum, part) => {
    // Trees add nothing: they stand alone.
    if (part.kind === "trees") return sum;
    const read = part.kind === "product" ? largest(part.x) * largest(part.y) : largest(part.x);
    return sum + largestCoefficient(part) * termsOf(part, shapeOf(part.x)) * read;
  }, 0);
}

/** Terms of a part that one element of the result takes; x has the shape. */
function termsOf(part: LinearPart | ProductPart, shape: readonly number[]): number {
  switch (part.kind) {
    case "conv":
      return part.weights.length / part.outChannels;
    case "contract":
      return part.inN;
    case "scale":
      return 1;
    case "pool":
      return sizeOf(part.windows.map((window) => window.kernel));
    case "sum":
      return sizeOf(part.axes.map((axis) => shape[axis]));
    case "product":
      return part.contracts ? (shape.at(-1) ?? 1) : 1;
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
