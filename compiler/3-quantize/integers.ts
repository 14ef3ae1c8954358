/**
 * A real program and scales to an integer program.
 *
 * A sum with output scale s_y over an input with scale s_x takes weights round(w · s_x/s_y · 2^shiftBits), so that every step ends in
 * the same division by 2^shiftBits; what would be a multiplier for each channel stands in the weights. Biases are rounded at the
 * scale of the accumulator.
 */
import { isIndicator } from "../activation.ts";
import { CapacityError } from "../errors.ts";
import { powerOfTwo, roundHalfUp } from "../math.ts";
import {
  type GatherStep,
  type IntegerInput,
  type IntegerLinearStep,
  type IntegerProgram,
  type LinearStep,
  type Part,
  placeOf,
  type RealProgram,
} from "../program.ts";
import type { TableFunction } from "../table-function.ts";
import { maskBias } from "./masks.ts";
import type { Precision, ScaleClass } from "./scale-class.ts";
import type { Scales } from "./scales.ts";
import { inverseOf, inverseUnit } from "./tied-scales.ts";
import { integerForest } from "./trees.ts";

/** Fixed cells are 32-bit integers. */
const MAX_WEIGHT = 2 ** 31 - 1;

export function toIntegers(program: RealProgram, scales: Scales, { shiftBits }: Precision): IntegerProgram {
  const inputs = program.inputs.map((name): IntegerInput => {
    const { lo, hi, scale, isExact } = scales.classOf(name);
    const shape = program.shapes.get(name) ?? [];
    const own = scales.featureScales.get(name) ?? [scale];
    return { name, shape, lo, hi, scales: own, ...(isExact ? { isExact } : {}) };
  });
  const steps = program.steps.map((step) => {
    if (step.kind === "gather") return integerGather(step, scales.classOf(step.out));
    return step.kind === "linear" ? integerStep(step, program, scales, shiftBits) : step;
  });
  const scaleOf = new Map([...program.shapes.keys()].map((name) => [name, scales.classOf(name).scale]));
  return { shiftBits, inputs, outputs: program.outputs, shapes: program.shapes, scales: scaleOf, steps };
}

/** Constants in units of what they become. */
function integerGather(step: GatherStep, { scale, lo, hi }: ScaleClass): GatherStep {
  const { source } = step;
  if (source.kind === "tensor") return step;
  const values = source.values.map((value) => Math.max(lo, Math.min(hi, roundHalfUp(value / scale))));
  return { ...step, source: { kind: "constants", values } };
}

/** What 1 is in the accumulator of a step. */
export function accumulatorUnit(step: LinearStep, scales: Scales, shiftBits: number): number {
  return powerOfTwo(shiftBits) / (scales.sumScales.get(step.out) ?? scales.classOf(step.out).scale);
}

function integerStep(step: LinearStep, program: RealProgram, scales: Scales, shiftBits: number): IntegerLinearStep {
  const { activation: _, fine: __, ...rest } = step;
  const output = scales.classOf(step.out);
  const table = tableOf(step, output, scales);
  const unit = accumulatorUnit(step, scales, shiftBits);
  const round = (value: number): number => {
    const rounded = roundHalfUp(value);
    if (!(Math.abs(rounded) <= MAX_WEIGHT)) {
      throw new CapacityError({
        ...placeOf(step),
        reason: `a weight becomes ${rounded}, beyond 32 bits`,
        remedy: "check the calibration samples: the step's outputs are tiny beside its weights",
      });
    }
    return rounded;
  };
  const parts = step.parts.map((part) => integerPart(part, scales, unit, round));
  const shapeOf = (name: string): readonly number[] => program.shapes.get(name) ?? [];
  const mask = (): number => round(maskBias(parts, output.lo, shiftBits, scales.classOf, shapeOf));
  const bias = step.bias.data.map((value) => (value === Number.NEGATIVE_INFINITY ? mask() : round(value * unit)));
  return { ...rest, parts, bias: { shape: step.bias.shape, data: bias }, table };
}

function integerPart(part: Part, scales: Scales, unit: number, round: (value: number) => number): Part {
  const features = scales.featureScales.get(part.x);
  const factor = unit * scales.classOf(part.x).scale;
  switch (part.kind) {
    case "conv":
      return { ...part, weights: part.weights.map((weight) => round(weight * factor)) };
    case "contract":
      return {
        ...part,
        weights: part.weights.map((weight, i) => round(weight * (features ? features[i % part.inN] * unit : factor))),
      };
    case "scale":
      return {
        ...part,
        factors: part.factors.map((value, i) => round(value * (features ? features[i] * unit : factor))),
      };
    case "pool":
      return { ...part, factors: new Map([...part.factors].map(([count, value]) => [count, round(value * factor)])) };
    case "trees": {
      const { lo, hi, scale } = scales.classOf(part.x);
      const scaleOf = (feature: number): number => features?.[feature] ?? scale;
      return { ...part, forest: integerForest(part.forest, { scaleOf, lo, hi }, (weight) => round(weight * unit)) };
    }
    case "product":
      return { ...part, factor: round(part.factor * factor * scales.classOf(part.y).scale) };
    case "sum":
      return { ...part, factor: round(part.factor * factor) };
  }
}

function tableOf(step: LinearStep, output: ScaleClass, scales: Scales): TableFunction {
  const { activation } = step;
  const { scale, lo, hi } = output;
  const exponent = scales.isTied(step.out) ? inverseOf(step) : undefined;
  if (exponent !== undefined) {
    const outputScale = inverseUnit(output, scales.sumScales.get(step.out) ?? 1, exponent);
    return { kind: "map", activation, inputScale: 1, outputScale, lo, hi };
  }
  if (isIndicator(activation)) return { kind: "map", activation, inputScale: 1, outputScale: scale, lo, hi };
  switch (activation.name) {
    case "none":
      return output.isFree ? { kind: "none" } : { kind: "clamp", lo, hi };
    case "clip":
    case "integers":
      return {
        kind: "clamp",
        lo: Math.max(lo, roundHalfUp(Math.max(activation.lo / scale, lo))),
        hi: Math.min(hi, roundHalfUp(Math.min(activation.hi / scale, hi))),
      };
    case "leakyRelu":
      return { kind: "map", activation, inputScale: 1, outputScale: 1, lo, hi };
    default:
      return {
        kind: "map",
        activation,
        inputScale: scales.sumScales.get(step.out) ?? scale,
        outputScale: scale,
        lo,
        hi,
      };
  }
}
