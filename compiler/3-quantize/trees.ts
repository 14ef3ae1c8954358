/**
 * Trees over integers: thresholds in units of their feature, weights in units of the accumulator.
 *
 * Both sides of a comparison are rounded to the grid of the feature and then compared as before, so the answer differs only for values
 * that share a grid cell with the threshold; x <= t and x = t keep theirs even there.
 */
import type { Forest } from "../forest.ts";
import { roundHalfUp } from "../math.ts";
import type { RealProgram, TreesPart } from "../program.ts";
import { stepInputs } from "../program.ts";
import type { Range } from "./range.ts";

export interface FeatureGrid {
  /** Real value of one unit of a feature. */
  readonly scaleOf: (feature: number) => number;
  /** Smallest and largest integer of every feature. */
  readonly lo: number;
  readonly hi: number;
}

/** Comparisons that no integer of the grid or every one passes get an infinite threshold, and the child that is left as their own. */
export function integerForest(
  forest: Forest,
  { scaleOf, lo, hi }: FeatureGrid,
  round: (weight: number) => number,
): Forest {
  const child = Int32Array.from(forest.child);
  const threshold = forest.threshold.map((value, node) => {
    if (value === Number.POSITIVE_INFINITY) return value;
    const limit = roundHalfUp(value / scaleOf(forest.feature[node])) - forest.strict[node];
    if (limit >= lo && limit < hi) return limit;
    if (limit < lo) child[node]++;
    return Number.POSITIVE_INFINITY;
  });
  return { ...forest, child, threshold, strict: new Uint8Array(threshold.length), weights: forest.weights.map(round) };
}

/** The trees that read a tensor, when nothing but trees reads it. */
export function treesOver({ steps, outputs }: RealProgram, name: string): TreesPart[] | undefined {
  if (outputs.includes(name)) return undefined;
  const parts: TreesPart[] = [];
  for (const step of steps) {
    if (!stepInputs(step).includes(name)) continue;
    if (step.kind !== "linear") return undefined;
    for (const part of step.parts) {
      if (part.kind === "trees" && part.x === name) parts.push(part);
      else if (part.kind === "product" ? part.x === name || part.y === name : part.x === name) return undefined;
    }
  }
  return parts.length > 0 ? parts : undefined;
}

/** A grid that ends on the last threshold could not hold what lies beyond it. */
const BEYOND = 4;

/**
 * Ranges that the thresholds need, feature by feature: values beyond the outermost threshold are told apart by nobody. Features without
 * a threshold other than zero keep the range of the samples.
 */
export function thresholdRanges(parts: readonly TreesPart[], seen: readonly Range[], bits: number): Range[] {
  const ranges: (Range | undefined)[] = seen.map(() => undefined);
  for (const { forest } of parts) {
    forest.threshold.forEach((threshold, node) => {
      if (!Number.isFinite(threshold)) return;
      const lo = forest.strict[node] === 1 && threshold === 0 ? -Number.MIN_VALUE : threshold;
      for (let i = forest.feature[node]; i < ranges.length; i += forest.features) {
        const range = ranges[i];
        ranges[i] = { lo: Math.min(lo, range?.lo ?? lo), hi: Math.max(threshold, range?.hi ?? threshold) };
      }
    });
  }
  const margin = 1 + BEYOND / 2 ** bits;
  return ranges.map((range, i) => {
    if (range === undefined || Math.max(-range.lo, range.hi) <= Number.MIN_VALUE)
      return { lo: Math.min(range?.lo ?? seen[i].lo, seen[i].lo), hi: seen[i].hi };
    return { lo: range.lo * margin, hi: range.hi * margin };
  });
}
