/**
 * Inputs whose features have ranges so different that one scale would drown the small ones: raw tables of measurements.
 *
 * Such an input gets a scale for each feature. That needs a first step with a weight for every feature (a contraction, or factors by
 * element), which takes the scales into its columns, or trees, which take them into their thresholds.
 */
import type { ContractPart, Part, RealProgram, ScalePart } from "../program.ts";
import { stepInputs } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import type { Ranges } from "./calibrate.ts";
import { joinRanges, type Range } from "./range.ts";
import type { Precision } from "./scale-class.ts";
import { thresholdRanges, treesOver } from "./trees.ts";

/** Rounding of the input may move a first sum by one part in 200 of its range (rms) before features get scales of their own. */
const NOISE_LIMIT = 0.005;

/** Features of their own ranges: half of their range is headroom for values beyond the calibration samples. */
const FEATURE_HEADROOM = 1.5;

/** What the integers of an input must cover, element by element. */
export interface FeatureRanges {
  readonly ranges: readonly Range[];
  readonly bits: number;
}

/** Inputs with a scale for each feature, by name. */
export function featureInputs(program: RealProgram, ranges: Ranges, precision: Precision): Map<string, FeatureRanges> {
  const found = new Map<string, FeatureRanges>();
  for (const name of program.inputs) {
    const features = featureRanges(program, ranges, precision, name);
    if (features) found.set(name, features);
  }
  return found;
}

/** Trees take as many bits as their comparison has (`4-lower/trees.ts`): shiftBits. */
function featureRanges(
  program: RealProgram,
  ranges: Ranges,
  { activationBits, fineBits, shiftBits, raised }: Precision,
  name: string,
): FeatureRanges | undefined {
  const elements = ranges.elements.get(name) ?? [];
  const trees = treesOver(program, name);
  if (trees) {
    const columns = byColumn(elements, trees[0].forest.features);
    return { ranges: thresholdRanges(trees, columns, shiftBits), bits: shiftBits };
  }
  if (!isFeatureInput(program, ranges, activationBits, name)) return undefined;
  const widened = elements.map(({ lo, hi }) => ({ lo: lo * FEATURE_HEADROOM, hi: hi * FEATURE_HEADROOM }));
  return { ranges: widened, bits: Math.max(activationBits + fineBits, raised?.get(name) ?? 0) };
}

/** Every element with the range of its feature over all rows of the input. */
function byColumn(elements: readonly Range[], features: number): Range[] {
  const columns: (Range | undefined)[] = new Array(features).fill(undefined);
  elements.forEach((range, i) => {
    columns[i % features] = joinRanges(columns[i % features], range);
  });
  return elements.map((range, i) => columns[i % features] ?? range);
}

function isFeatureInput(program: RealProgram, ranges: Ranges, bits: number, name: string): boolean {
  if (program.outputs.includes(name)) return false;
  const shape = program.shapes.get(name) ?? [];
  const range = ranges.tensors.get(name);
  if (range === undefined) return false;
  const step = Math.max(-range.lo, range.hi) / 2 ** (bits - (range.lo < 0 ? 1 : 0));
  let isNoisy = false;
  for (const reader of program.steps) {
    if (!stepInputs(reader).includes(name)) continue;
    if (reader.kind !== "linear") return false;
    for (const part of reader.parts) {
      if (part.kind === "product" || part.kind === "trees") return false;
      if (part.x !== name) continue;
      if (!(hasColumns(part, shape) || hasFactors(part, shape))) return false;
      const sums = ranges.sums.get(reader.out) ?? { lo: 0, hi: 0 };
      if (roundingNoise(part, step) > NOISE_LIMIT * (sums.hi - sums.lo)) isNoisy = true;
    }
  }
  return isNoisy;
}

function hasColumns(part: Part, shape: readonly number[]): part is ContractPart {
  return part.kind === "contract" && sizeOf(shape) === part.inN;
}

function hasFactors(part: Part, shape: readonly number[]): part is ScalePart {
  return part.kind === "scale" && part.factors.length > 1 && part.factors.length === sizeOf(shape);
}

/** Root mean square over the rows of what rounding each input to a multiple of `step` adds to a sum. */
function roundingNoise(part: ContractPart | ScalePart, step: number): number {
  const [weights, rows] = part.kind === "scale" ? [part.factors, part.factors.length] : [part.weights, part.outN];
  const squares = weights.reduce((sum, weight) => sum + weight * weight, 0);
  return (step * Math.sqrt(squares / rows)) / Math.sqrt(12);
}
