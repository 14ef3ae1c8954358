/** 1 / (1 + exp(-x)) as one table: e^-x of a wide range of x fits no 8 bits, its sigmoid does. */
import type { LinearStep, RealStep } from "../program.ts";
import { scaleOutputs } from "./absorb.ts";

const MINUS_ONE = { shape: [], factors: Float64Array.of(-1) };

/** `step` is 1 / (1 + u) and `producer`, which nothing else reads, makes u = exp(sum): sigmoid(-sum). */
export function fuseLogistic(producer: RealStep, step: LinearStep): LinearStep | undefined {
  if (!isFunction(step, "reciprocal") || producer.kind !== "linear" || !isFunction(producer, "exp")) return undefined;
  const [part] = step.parts;
  const addsOne = step.bias.data.every((value) => value === 1);
  if (step.parts.length !== 1 || part.kind !== "scale" || part.factors.some((value) => value !== 1) || !addsOne)
    return undefined;
  if (producer.shape.join() !== step.shape.join()) return undefined;
  const parts = producer.parts.flatMap((item) => scaleOutputs(item, MINUS_ONE, producer.shape) ?? []);
  if (parts.length !== producer.parts.length) return undefined;
  const { fine: _, ...rest } = step;
  return {
    ...rest,
    nodes: [...producer.nodes, ...step.nodes],
    parts,
    bias: { ...producer.bias, data: producer.bias.data.map((value) => -value) },
    activation: { name: "sigmoid" },
  };
}

function isFunction({ activation }: LinearStep, f: "reciprocal" | "exp"): boolean {
  return activation.name === "function" && activation.f === f;
}
