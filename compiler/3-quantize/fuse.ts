/**
 * Fewer steps for the same function. Each row of the circuit rounds once, so a step that disappears saves its rows and its rounding.
 *
 *     linear after linear       bias + f·(W x + b), constant f: one step (BatchNormalization, activations, residual sums)
 *     linear before linear      W (f·x + b): f goes into the columns of W (feature scaling before Gemm)
 *     factor before product     f·x · y: f goes into the factor of the product, through views between them
 *     1 / (1 + exp(-x))         sigmoid(x), as converters write it
 *     x · gate(x)               one function of x (Gelu, Swish), where x is multiplied by a function of itself
 *     activation after maxPool  swapped when it is monotone, so that it can join the step before
 */
import type { Activation } from "../activation.ts";
import type { Bias, LinearStep, MaxPoolStep, RealProgram, RealStep, ScalePart } from "../program.ts";
import { stepInputs } from "../program.ts";
import { broadcastShapes, broadcastTo } from "../tensor.ts";
import { scaleInputs, scaleOutputs } from "./absorb.ts";
import { fuseLogistic } from "./fuse-logistic.ts";
import { fuseProduct } from "./fuse-products.ts";
import { maskProgram } from "./masks.ts";

export function fuseProgram(program: RealProgram): RealProgram {
  let steps = program.steps;
  for (;;) {
    const next = fuseOnce({ ...program, steps });
    if (next === undefined) break;
    steps = next;
  }
  return maskProgram({ ...program, steps, shapes: shapesOf(program, steps) });
}

function shapesOf(program: RealProgram, steps: readonly RealStep[]): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const name of program.inputs) shapes.set(name, program.shapes.get(name) ?? []);
  for (const step of steps) shapes.set(step.out, step.shape);
  return shapes;
}

interface Uses {
  /** The step that makes a tensor, when exactly one step reads it and no output names it. */
  readonly privateProducer: (name: string) => RealStep | undefined;
}

function usesOf({ steps, outputs }: RealProgram): Uses {
  const producers = new Map(steps.map((step) => [step.out, step]));
  const reads = new Map<string, number>();
  for (const name of [...outputs, ...outputs, ...steps.flatMap(stepInputs)])
    reads.set(name, (reads.get(name) ?? 0) + 1);
  return { privateProducer: (name) => (reads.get(name) === 1 ? producers.get(name) : undefined) };
}

function fuseOnce(program: RealProgram): RealStep[] | undefined {
  const { privateProducer } = usesOf(program);
  for (const step of program.steps) {
    if (step.kind !== "linear") continue;
    for (const [index, part] of step.parts.entries()) {
      if (part.kind === "product") {
        const next = fuseProduct(program.steps, privateProducer, step, index, part);
        if (next) return next;
        continue;
      }
      const producer = privateProducer(part.x);
      const logistic = producer && fuseLogistic(producer, step);
      if (logistic) return replaceSteps(program.steps, [producer], step, [logistic]);
      if (producer?.kind === "linear" && producer.activation.name === "none") {
        const merged =
          part.kind === "scale" ? mergeAfter(producer, step, index, part) : mergeBefore(producer, step, index);
        if (merged) return replaceSteps(program.steps, [producer], step, [merged]);
      }
      if (producer?.kind === "maxPool" && isPlainActivation(step)) {
        const source = privateProducer(producer.x);
        if (source?.kind === "linear" && source.activation.name === "none") {
          return replaceSteps(program.steps, [source, producer], step, swapActivation(source, producer, step));
        }
      }
    }
  }
  return undefined;
}

/** The steps with `last` replaced and `removed` taken out; what is removed feeds nothing else. */
function replaceSteps(
  steps: readonly RealStep[],
  removed: readonly RealStep[],
  last: RealStep,
  by: readonly RealStep[],
): RealStep[] {
  return steps.flatMap((step) => {
    if (step === last) return by;
    return removed.includes(step) ? [] : [step];
  });
}

/** step = .. + f·producer: the producer's parts take the factors. */
function mergeAfter(producer: LinearStep, step: LinearStep, index: number, part: ScalePart): LinearStep | undefined {
  const parts = producer.parts.map((item) => scaleOutputs(item, part, producer.shape));
  if (parts.some((item) => item === undefined)) return undefined;
  const bias = addBias(step.bias, multiplyBias(producer.bias, part), step.shape);
  const others = step.parts.filter((_, i) => i !== index);
  const nodes = [...producer.nodes, ...step.nodes];
  const fine = step.fine ?? producer.fine;
  return {
    ...step,
    nodes,
    ...(fine ? { fine } : {}),
    parts: [...others, ...parts.filter((item) => item !== undefined)],
    bias,
  };
}

/** step = .. + W·(f·x + b): the columns of W take the factors. */
function mergeBefore(producer: LinearStep, step: LinearStep, index: number): LinearStep | undefined {
  const [inner] = producer.parts;
  if (producer.parts.length !== 1 || inner.kind !== "scale") return undefined;
  const scaled = scaleInputs(step.parts[index], inner, producer.bias, producer.shape, step.shape.length);
  if (scaled === undefined) return undefined;
  const parts = step.parts.map((item, i) => (i === index ? scaled.part : item));
  return {
    ...step,
    nodes: [...producer.nodes, ...step.nodes],
    parts,
    bias: addBias(step.bias, scaled.bias, step.shape),
  };
}

function isPlainActivation({ parts, bias, activation }: LinearStep): boolean {
  const [part] = parts;
  const isIdentity = parts.length === 1 && part.kind === "scale" && part.factors.every((factor) => factor === 1);
  return isIdentity && bias.data.every((value) => value === 0) && isMonotone(activation);
}

function isMonotone(activation: Activation): boolean {
  if (activation.name === "function") return false;
  return activation.name !== "leakyRelu" || activation.alpha >= 0;
}

function swapActivation(source: LinearStep, pool: MaxPoolStep, step: LinearStep): RealStep[] {
  return [
    { ...source, activation: step.activation, nodes: [...source.nodes, ...step.nodes] },
    { ...pool, out: step.out },
  ];
}

function multiplyBias(bias: Bias, { shape, factors }: ScalePart): Bias {
  const combined = broadcastShapes(bias.shape, shape) ?? [];
  const values = broadcastTo({ shape, data: factors }, combined);
  return { shape: combined, data: broadcastTo(bias, combined).map((value, i) => value * values[i]) };
}

function addBias(a: Bias, b: Bias, shape: readonly number[]): Bias {
  const combined = broadcastShapes(a.shape, b.shape) ?? shape;
  const right = broadcastTo(b, combined);
  return { shape: combined, data: broadcastTo(a, combined).map((value, i) => value + right[i]) };
}
