/**
 * Scales that follow from other scales.
 *
 * A product of two tensors enters the accumulator with the whole number f = s_x·s_y/s_sum·2^shiftBits. Where a step is one such product
 * its sum takes the scale that makes a whole f exact, instead of the nearest f to a scale.
 *
 * 1/sqrt is homogeneous: over a sum with scale s, the values with the scale s^(-1/2)·2^-k are round(2^k / sqrt(q)), the same table for
 * every s.
 */
import { powerOfTwo, powerOfTwoAtLeast } from "../math.ts";
import type { LinearStep, ProductPart, RealProgram, RealStep } from "../program.ts";
import type { Range, Ranges } from "./calibrate.ts";
import type { Precision, ScaleClass } from "./scale-class.ts";

/** The product that a step is, bias and activation aside. */
export function loneProduct(step: LinearStep): ProductPart | undefined {
  const [part] = step.parts;
  const isPlain = step.activation.name === "none" || isInverseRoot(step);
  return step.parts.length === 1 && part.kind === "product" && isPlain ? part : undefined;
}

export function isInverseRoot({ activation }: LinearStep): boolean {
  return activation.name === "function" && activation.f === "inverseSqrt";
}

/** By root of a class: the step that alone makes its numbers, where that step is one product or an inverse root. */
export function tiedSteps(
  { steps, inputs }: RealProgram,
  classRoot: (name: string) => string,
): Map<string, LinearStep> {
  const makers = new Map<string, number>();
  const count = (name: string): void => {
    makers.set(classRoot(name), (makers.get(classRoot(name)) ?? 0) + 1);
  };
  inputs.forEach(count);
  for (const step of steps) if (step.kind === "linear") count(step.out);
  const isTied = (step: RealStep): step is LinearStep =>
    step.kind === "linear" &&
    makers.get(classRoot(step.out)) === 1 &&
    (isInverseRoot(step) || loneProduct(step) !== undefined);
  return new Map(steps.filter(isTied).map((step) => [classRoot(step.out), step]));
}

export interface TieContext {
  readonly ranges: Ranges;
  readonly precision: Precision;
  readonly isPositive: boolean;
  readonly scaleOf: (tensor: string) => number;
}

/** The class that a tied step makes; sets the scale of that step's sum. */
export function tiedClass(step: LinearStep, context: TieContext, sumScales: Map<string, number>): ScaleClass {
  const { ranges, precision, isPositive } = context;
  const sum = ranges.sums.get(step.out) ?? { lo: 0, hi: 0 };
  if (isInverseRoot(step)) {
    const scale = productScale(context, step, inverseRootStep(sum, precision));
    sumScales.set(step.out, scale);
    return inverseRootClass(scale, precision);
  }
  const half = 2 ** (precision.activationBits - 1);
  const largest = isPositive ? sum.hi / (2 * half - 1) : Math.max(-sum.lo / half, sum.hi / (half - 1));
  const scale = productScale(context, step, largest > 0 ? largest : 1 / half);
  const top = Math.max(2, powerOfTwoAtLeast(Math.max(-sum.lo, sum.hi + scale) / scale));
  return { scale, lo: isPositive ? 0 : -top, hi: top - 1, isFree: false };
}

/** A scale near `wanted` that makes the product's weight whole: a little larger where the weight is large, else smaller. */
function productScale({ precision, scaleOf }: TieContext, step: LinearStep, wanted: number): number {
  const product = loneProduct(step);
  if (product === undefined) return wanted;
  const unit = Math.abs(product.factor) * scaleOf(product.x) * scaleOf(product.y) * powerOfTwo(precision.shiftBits);
  const weight = unit / wanted;
  return unit / Math.max(1, weight < LARGE_WEIGHT ? Math.ceil(weight) : Math.floor(weight));
}

/** Rounding down from here on costs less than a quarter of a step. */
const LARGE_WEIGHT = 4;

/** Relative to the smallest calibrated sum, bounded by the table that the largest one would need. */
function inverseRootStep({ lo, hi }: Range, { activationBits, fineBits }: Precision): number {
  const least = Math.max(lo, 0) / 2 ** (activationBits + fineBits - 4);
  const floor = hi / 2 ** (activationBits + fineBits);
  return Math.max(least, floor, Number.MIN_VALUE);
}

/** 2^k / sqrt(q) has `activationBits` + 2 bits at the smallest calibrated q, as `inverseRootStep` places it. */
function inverseRootClass(sumScale: number, { activationBits, fineBits }: Precision): ScaleClass {
  const top = 2 ** (activationBits + 2);
  const numerator = powerOfTwoAtLeast(top * 2 ** ((activationBits + fineBits - 4) / 2));
  return { scale: 1 / (numerator * Math.sqrt(sumScale)), lo: 0, hi: 2 * top - 1, isFree: false };
}

/** 2^-k of a class of an inverse root. */
export function inverseRootUnit({ scale }: ScaleClass, sumScale: number): number {
  return powerOfTwoAtLeast(0.75 * scale * Math.sqrt(sumScale));
}
