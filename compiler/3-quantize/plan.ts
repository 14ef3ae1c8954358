/** A checked model to a real program: every node replaced by its steps. */
import type { Model } from "../2-check/check.ts";
import { UnsupportedError, ValueError } from "../errors.ts";
import type { GraphNode } from "../graph.ts";
import type { PlanInput } from "../ops/operator.ts";
import type { LinearStep, RealProgram, RealStep } from "../program.ts";

export function planModel(model: Model): RealProgram {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, type } of model.inputs) shapes.set(name, type.shape);
  const names = new Set(model.types.keys());
  const steps: RealStep[] = [];
  const fresh = (label: string): string => {
    let name = label;
    for (let count = 2; names.has(name); count++) name = `${label}#${count}`;
    names.add(name);
    return name;
  };
  const emit = (node: GraphNode, step: RealStep): void => {
    if (step.kind === "linear") checkFinite(node, step);
    shapes.set(step.out, step.shape);
    steps.push(step);
  };
  const read = new Set([...model.outputs.map(({ name }) => name), ...model.nodes.flatMap(({ node }) => node.inputs)]);
  for (const { node, meaning } of model.nodes) {
    const inputs = node.inputs.map((name) => planInput(name, model, shapes));
    const outputs = node.outputs.map((name, index) => ({ name, shape: meaning.outputs[index]?.shape ?? [] }));
    if (meaning.plan === undefined) {
      throw new UnsupportedError({
        node: node.name,
        op: node.op,
        reason: "no integer meaning",
        remedy: "replace the operator",
      });
    }
    const producer = (name: string): RealStep | undefined => steps.find((step) => step.out === name);
    meaning.plan({
      node,
      inputs,
      outputs,
      fresh,
      producer,
      shapeOf: (name) => shapes.get(name) ?? [],
      isRead: (name) => read.has(name),
      emit: (step) => emit(node, step),
    });
  }
  return {
    inputs: model.inputs.map((input) => input.name),
    outputs: model.outputs.map((output) => output.name),
    shapes,
    steps,
  };
}

/** Masks may be minus infinity. Parameters that were finite may still give constants that are not: a negative variance, a division by almost nothing. */
function checkFinite(node: GraphNode, { parts, bias }: LinearStep): void {
  const constants = parts.flatMap((part) => {
    if (part.kind === "conv" || part.kind === "contract") return [part.weights];
    return part.kind === "scale" ? [part.factors] : [];
  });
  const isMask = (value: number): boolean => value === Number.NEGATIVE_INFINITY;
  const isBias = (value: number): boolean => Number.isFinite(value) || isMask(value);
  if (constants.every((data) => data.every(Number.isFinite)) && bias.data.every(isBias)) return;
  throw new ValueError({
    node: node.name,
    op: node.op,
    reason: "the parameters give weights that are not finite",
    remedy: "train or export the model again; every weight must be a finite number",
  });
}

function planInput(name: string, model: Model, shapes: ReadonlyMap<string, readonly number[]>): PlanInput | undefined {
  if (name === "") return undefined;
  const constant = model.constants.get(name);
  if (constant) return { kind: "constant", tensor: constant, shape: constant.shape };
  return { kind: "tensor", name, shape: shapes.get(name) ?? [] };
}
