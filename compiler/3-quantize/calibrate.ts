/** Runs a real program and keeps the range of every tensor and of every sum before its activation, and what else the options need. */

import { evaluateActivation } from "../activation.ts";
import { ValueError } from "../errors.ts";
import { leftDomain } from "../functions.ts";
import { type LinearStep, placeOf, type RealProgram, type RealStep } from "../program.ts";
import { accumulate, type Values } from "../steps/linear.ts";
import { runMoving } from "../steps/moving.ts";
import { countValues, emptyHistogram, type Histogram, meanSquareRange, percentileRange } from "./histogram.ts";
import { integerRangeFor, type RangeShape } from "./integer-range.ts";
import { findMasked } from "./masks.ts";
import type { QuantizeOptions } from "./options.ts";
import { joinRanges, type Range, rangeOf } from "./range.ts";
import { reachOf } from "./reach.ts";

export interface Ranges {
  readonly tensors: ReadonlyMap<string, Range>;
  /** Before the activation, by the name of the step's output. */
  readonly sums: ReadonlyMap<string, Range>;
  /** Of every element, for inputs. */
  readonly elements: ReadonlyMap<string, readonly Range[]>;
  /** How the values of a tensor are distributed, where the calibration method asks. */
  readonly histograms: ReadonlyMap<string, Histogram>;
  /** Of every element over the samples, where biases are to be corrected. */
  readonly means: ReadonlyMap<string, Float64Array>;
}

const DEFAULT_PERCENTILE = 99.99;

export function calibrate(
  program: RealProgram,
  samples: readonly ReadonlyMap<string, Float64Array>[],
  options: QuantizeOptions = {},
): Ranges {
  const tensors = new Map<string, Range>();
  const sums = new Map<string, Range>();
  const elements = new Map<string, Range[]>();
  const means = new Map<string, Float64Array>();
  const masked = findMasked(program);
  for (const sample of samples) {
    for (const name of program.inputs) widenElements(elements, name, sample.get(name) ?? new Float64Array());
    runReal(program, sample, (kind, name, data) => {
      const finite = masked[`${kind}s`].has(name) ? data.filter(Number.isFinite) : data;
      widen(kind === "sum" ? sums : tensors, name, rangeOf(finite));
      if (options.biasCorrection && kind === "tensor") addMean(means, name, data, samples.length);
    });
  }
  for (const { out } of vanishingSteps(program, tensors, sums)) {
    sums.set(out, { lo: 0, hi: 0 });
    tensors.set(out, { lo: 0, hi: 0 });
  }
  const isCut = (options.calibrationMethod ?? "min-max") !== "min-max";
  const histograms = isCut ? histogramsOf(program, samples, tensors) : new Map<string, Histogram>();
  return { tensors, sums, elements, histograms, means };
}

/** Below this share of what its terms can reach, a sum is 0 but for the rounding of floating point. */
const ROUNDING = 2 ** -40;

/** Sums whose terms cancel in every sample, such as the mean of what has just been normalized. */
function vanishingSteps(
  { steps, shapes }: RealProgram,
  tensors: ReadonlyMap<string, Range>,
  sums: ReadonlyMap<string, Range>,
): LinearStep[] {
  const size = ({ lo, hi }: Range = { lo: 0, hi: 0 }): number => Math.max(Math.abs(lo), Math.abs(hi));
  return steps.filter((step): step is LinearStep => {
    if (step.kind !== "linear" || step.activation.name !== "none" || step.parts.length === 0) return false;
    const reach = reachOf(
      step.parts,
      (name) => size(tensors.get(name)),
      (name) => shapes.get(name) ?? [],
    );
    return size(sums.get(step.out)) < ROUNDING * reach;
  });
}

function histogramsOf(
  program: RealProgram,
  samples: readonly ReadonlyMap<string, Float64Array>[],
  tensors: ReadonlyMap<string, Range>,
): Map<string, Histogram> {
  const histograms = new Map([...tensors].map(([name, range]) => [name, emptyHistogram(range)]));
  for (const sample of samples) {
    runReal(program, sample, (kind, name, data) => {
      const histogram = kind === "tensor" ? histograms.get(name) : undefined;
      if (histogram) countValues(histogram, data);
    });
  }
  return histograms;
}

/** The values of a tensor that get integers of their own, by the calibration method; values beyond are limited to them. */
export function calibratedRange(
  { tensors, histograms }: Ranges,
  name: string,
  { calibrationMethod, percentile = DEFAULT_PERCENTILE }: QuantizeOptions,
  bits: number,
  shape: RangeShape,
): Range {
  const histogram = histograms.get(name);
  if (histogram === undefined) return tensors.get(name) ?? { lo: 0, hi: 0 };
  return calibrationMethod === "percentile"
    ? percentileRange(histogram, percentile)
    : meanSquareRange(histogram, (range) => integerRangeFor(range, bits, shape).scale);
}

function addMean(means: Map<string, Float64Array>, name: string, data: Float64Array, count: number): void {
  const mean = means.get(name) ?? new Float64Array(data.length);
  data.forEach((value, i) => {
    mean[i] += value / count;
  });
  means.set(name, mean);
}

/** Evaluates the program; `visit` sees every tensor, and every sum before its activation. */
export function runReal(
  program: RealProgram,
  inputs: ReadonlyMap<string, Float64Array>,
  visit: (kind: "tensor" | "sum", name: string, data: Float64Array) => void = () => {},
): Map<string, Float64Array> {
  const data = new Map(inputs);
  const values: Values = {
    data: (name) => data.get(name) as Float64Array,
    shape: (name) => program.shapes.get(name) as readonly number[],
  };
  for (const name of program.inputs) visit("tensor", name, values.data(name));
  for (const step of program.steps) {
    const out = runStep(step, values, (sum) => visit("sum", step.out, sum));
    visit("tensor", step.out, out);
    data.set(step.out, out);
  }
  return data;
}

function runStep(step: RealStep, values: Values, visitSum: (sum: Float64Array) => void): Float64Array {
  if (step.kind !== "linear") return runMoving(step, values);
  const sum = accumulate(step, values);
  visitSum(sum);
  checkDomain(step, sum);
  return step.activation.name === "none" ? sum : sum.map((value) => evaluateActivation(step.activation, value));
}

function checkDomain(step: LinearStep, sum: Float64Array): void {
  const { activation } = step;
  if (activation.name !== "function") return;
  const range = rangeOf(sum);
  const domain = leftDomain(activation.f, range, activation.a);
  if (domain === undefined) return;
  throw new ValueError({
    ...placeOf(step),
    reason: `${activation.f} meets numbers from ${range.lo} to ${range.hi} on a calibration sample`,
    expected: domain,
    remedy:
      "limit the operator's input (Clip, or an added constant), or take out samples that the model is not meant for",
  });
}

function widen(ranges: Map<string, Range>, name: string, range: Range): void {
  if (!Number.isFinite(range.hi - range.lo)) {
    throw new ValueError({
      reason: `tensor ${name} is not finite on a calibration sample`,
      remedy: "check the samples and the weights; sums must stay below 1e308",
    });
  }
  ranges.set(name, joinRanges(ranges.get(name), range));
}

function widenElements(elements: Map<string, Range[]>, name: string, data: Float64Array): void {
  const seen = elements.get(name);
  elements.set(
    name,
    Array.from(data, (value, i) => joinRanges(seen?.[i], { lo: value, hi: value })),
  );
}
