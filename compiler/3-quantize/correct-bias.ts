/**
 * Bias correction (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019, section 4.2, with
 * means from the calibration samples).
 *
 * Rounded weights W + dW add dW·x to every sum. The part of it that is the same for all inputs, dW·E[x], is taken out of the bias: for
 * each channel of a convolution or contraction, else for each element of the bias.
 */
import { roundHalfUp } from "../math.ts";
import type { Bias, IntegerLinearStep, IntegerProgram, LinearPart, LinearStep, Part, RealProgram } from "../program.ts";
import { accumulate, type Values } from "../steps/linear.ts";
import { broadcastShapes, broadcastStrides, broadcastTo, forEachIndex, sizeOf } from "../tensor.ts";
import { accumulatorUnit } from "./integers.ts";
import type { Scales } from "./scales.ts";

/** `means`: of every element of every tensor. Steps over tensors without finite means stay as they are. */
export function correctBiases(
  real: RealProgram,
  program: IntegerProgram,
  scales: Scales,
  means: ReadonlyMap<string, Float64Array>,
): IntegerProgram {
  const context = { real, scales, means, shiftBits: program.shiftBits };
  const found = program.steps.map((step, index) => {
    const float = real.steps[index];
    return step.kind === "linear" && float.kind === "linear" ? meanError(context, float, step) : undefined;
  });
  // Copies of one step, as those of a recurrent layer, keep one bias.
  const groups = new Map<string, Bias[]>();
  const keys = program.steps.map((step, index) => (step.kind === "linear" && found[index] ? weightsKey(step) : ""));
  found.forEach((error, index) => {
    if (error) groups.set(keys[index], [...(groups.get(keys[index]) ?? []), error]);
  });
  const steps = program.steps.map((step, index) => {
    if (step.kind !== "linear" || found[index] === undefined) return step;
    const errors = (groups.get(keys[index]) as Bias[]).map(({ data }) => data);
    const data = found[index].data.map((_, i) => errors.reduce((sum, error) => sum + error[i], 0) / errors.length);
    return { ...step, bias: subtract(step, { shape: found[index].shape, data }) };
  });
  return { ...program, steps };
}

interface Context {
  readonly real: RealProgram;
  readonly scales: Scales;
  readonly means: ReadonlyMap<string, Float64Array>;
  readonly shiftBits: number;
}

/** Integer minus real accumulator, in units of the accumulator, averaged to the shape that the corrected bias has. */
function meanError(context: Context, float: LinearStep, step: IntegerLinearStep): Bias | undefined {
  const { real, scales, means, shiftBits } = context;
  const unit = accumulatorUnit(float, scales, shiftBits);
  const shape = (name: string): readonly number[] => real.shapes.get(name) ?? [];
  const mean = (name: string): Float64Array => means.get(name) ?? new Float64Array();
  const inUnits: Values = {
    shape,
    data: (name) => {
      const features = scales.featureScales.get(name);
      const { scale } = scales.classOf(name);
      return mean(name).map((value, i) => value / (features?.[i] ?? scale));
    },
  };
  const parts = step.parts.filter(isWeighted);
  const realParts = float.parts.filter(isWeighted);
  if (parts.length === 0 || parts.some((part) => !mean(part.x).every(Number.isFinite))) return undefined;
  const none: Bias = { shape: [], data: new Float64Array(1) };
  const rounded = accumulate({ shape: step.shape, parts, bias: none }, inUnits);
  const exact = accumulate({ shape: step.shape, parts: realParts, bias: none }, { shape, data: mean });
  return average(
    rounded.map((value, i) => value - exact[i] * unit),
    step.shape,
    biasShape(step, parts),
  );
}

function isWeighted(part: Part): part is LinearPart {
  return part.kind !== "product" && part.kind !== "trees";
}

function biasShape({ shape, bias }: IntegerLinearStep, parts: readonly LinearPart[]): readonly number[] {
  return parts.reduce<readonly number[]>((all, part) => {
    const axis = part.kind === "conv" ? 1 : part.kind === "contract" ? part.axis : -1;
    const channels = shape.map((n, i) => (i === axis ? n : 1));
    return axis < 0 || axis >= shape.length ? all : (broadcastShapes(all, channels) ?? all);
  }, bias.shape);
}

function average(data: Float64Array, shape: readonly number[], to: readonly number[]): Bias {
  const sums = new Float64Array(sizeOf(to));
  const count = data.length / sums.length;
  // Offsets of a row-major array of shape `to`, read as `shape`.
  forEachIndex(shape, broadcastStrides(to, shape), (position, offset) => {
    sums[offset] += data[position] / count;
  });
  return { shape: to, data: sums };
}

/** Errors below half a unit of the accumulator change nothing. */
function subtract({ bias }: IntegerLinearStep, error: Bias): Bias {
  const correction = error.data.map((value) => roundHalfUp(-value));
  if (correction.every((value) => value === 0)) return bias;
  return { shape: error.shape, data: broadcastTo(bias, error.shape).map((value, i) => value + correction[i]) };
}

/** Equal for steps with the same weights and bias. */
function weightsKey({ parts, bias, shape }: IntegerLinearStep): string {
  const digest = (data: Iterable<number>): string => {
    let [count, sum] = [0, 0];
    for (const value of data) sum += value * ((count++ % 97) + 1);
    return `${count} ${sum}`;
  };
  const ofPart = (part: Part): string => {
    if (part.kind === "conv" || part.kind === "contract") return digest(part.weights);
    if (part.kind === "scale") return digest(part.factors);
    if (part.kind === "pool") return digest(part.factors.values());
    return part.kind === "trees" ? digest(part.forest.weights) : String(part.factor);
  };
  return [shape.join("x"), digest(bias.data), ...parts.map((part) => `${part.kind} ${ofPart(part)}`)].join("; ");
}
