/**
 * Scales that follow from other scales.
 *
 * A product of two tensors enters the accumulator with the whole number f = s_x·s_y/s_sum·2^shiftBits. Where a step is one such product
 * its sum takes the scale that makes a whole f exact, instead of the nearest f to a scale.
 *
 * 1/x and 1/sqrt x are homogeneous: over a sum with scale s, the values with the scale s^-e·2^-k are round(2^k / q^e), the same
 * table for every s.
 */
import { powerOfTwo, powerOfTwoAtLeast } from "../math.ts";
import type { LinearStep, ProductPart, RealProgram, RealStep } from "../program.ts";
import type { Ranges } from "./calibrate.ts";
import type { Range } from "./range.ts";
import type { Precision, ScaleClass } from "./scale-class.ts";

/** The product that a step is, bias and activation aside. */
function loneProduct(step: LinearStep): ProductPart | undefined {
  const [part] = step.parts;
  const isPlain = step.activation.name === "none" || inverseOf(step) !== undefined;
  return step.parts.length === 1 && part.kind === "product" && isPlain ? part : undefined;
}

type Exponent = 1 | 0.5;

/** e where the step's activation is 1 / x^e. */
export function inverseOf({ activation }: LinearStep): Exponent | undefined {
  if (activation.name !== "function") return undefined;
  if (activation.f === "inverseSqrt") return 0.5;
  return activation.f === "reciprocal" ? 1 : undefined;
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
  for (const step of steps) {
    if (step.kind === "linear" || (step.kind === "gather" && step.source.kind === "constants")) count(step.out);
  }
  const isTied = (step: RealStep): step is LinearStep =>
    step.kind === "linear" &&
    makers.get(classRoot(step.out)) === 1 &&
    (inverseOf(step) !== undefined || loneProduct(step) !== undefined);
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
  const exponent = inverseOf(step);
  if (exponent !== undefined) {
    const scale = productScale(context, step, inverseStep(sum, precision));
    sumScales.set(step.out, scale);
    return { ...inverseClass(scale, exponent, precision), bits: precision.activationBits };
  }
  const half = 2 ** (precision.activationBits - 1);
  const largest = isPositive ? sum.hi / (2 * half - 1) : Math.max(-sum.lo / half, sum.hi / (half - 1));
  const scale = productScale(context, step, largest > 0 ? largest : 1 / half);
  const top = Math.max(2 * half, powerOfTwoAtLeast(Math.max(-sum.lo, sum.hi + scale) / scale));
  return { scale, lo: isPositive ? 0 : -top, hi: top - 1, isFree: false, bits: precision.activationBits };
}

/**
 * A scale near `wanted`, mostly smaller, that makes the product's weight a power of two: whole, and the same in most blocks of a network,
 * so that their products can be stacked (`core/stack.ts`).
 */
function productScale({ precision, scaleOf }: TieContext, step: LinearStep, wanted: number): number {
  const product = loneProduct(step);
  if (product === undefined) return wanted;
  const unit = Math.abs(product.factor) * scaleOf(product.x) * scaleOf(product.y) * powerOfTwo(precision.shiftBits);
  const weight = unit / wanted;
  return unit / Math.max(1, powerOfTwoAtLeast(weight * (1 - COARSER)));
}

/** How much coarser than wanted a scale may get. */
const COARSER = 1 / 8;

/** Relative to the calibrated sum nearest to 0, bounded by the table that the largest one would need. */
function inverseStep({ lo, hi }: Range, { activationBits, fineBits }: Precision): number {
  const nearest = lo > 0 ? lo : Math.max(0, -hi);
  const least = nearest / 2 ** (activationBits + fineBits - 4);
  const floor = Math.max(-lo, hi) / 2 ** (activationBits + fineBits);
  return Math.max(least, floor, Number.MIN_VALUE);
}

/** 2^k / q^e has `activationBits` + 2 bits at the q nearest to 0, as `inverseStep` places it. */
function inverseClass(sumScale: number, exponent: Exponent, { activationBits, fineBits }: Precision): ScaleClass {
  const top = 2 ** (activationBits + 2);
  const numerator = powerOfTwoAtLeast(top * root(2 ** (activationBits + fineBits - 4), exponent));
  const hi = 2 * top - 1;
  return { scale: 1 / (numerator * root(sumScale, exponent)), lo: exponent === 1 ? -hi : 0, hi, isFree: false };
}

function root(x: number, exponent: Exponent): number {
  return exponent === 1 ? x : Math.sqrt(x);
}

/** 2^-k of a class of an inverse. */
export function inverseUnit({ scale }: ScaleClass, sumScale: number, exponent: Exponent): number {
  return powerOfTwoAtLeast(0.75 * scale * root(sumScale, exponent));
}
