/**
 * What an operator file gives: `check` refuses what has no meaning here and returns the rest as three meanings of one node:
 * output shapes, float values, and the steps that replace it.
 */
import { type CompileDetails, type CompileError, ShapeError, UnsupportedError, ValueError } from "../errors.ts";
import type { TreeBranch } from "../forest.ts";
import type { GraphNode } from "../graph.ts";
import type { RealStep } from "../program.ts";
import { normalizeAxis, type Tensor, type TensorType } from "../tensor.ts";

export interface NodeContext {
  readonly node: GraphNode;
  /** Version of the operator set the model asks for. */
  readonly opset: number;
  /** Undefined where an optional input is left out. */
  readonly types: readonly (TensorType | undefined)[];
  /** Values of the inputs that are known at compile time. */
  readonly constants: readonly (Tensor | undefined)[];
}

export type PlanInput =
  | { readonly kind: "tensor"; readonly name: string; readonly shape: readonly number[] }
  | { readonly kind: "constant"; readonly tensor: Tensor; readonly shape: readonly number[] };

export interface PlanOutput {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface Planner {
  readonly node: GraphNode;
  readonly inputs: readonly (PlanInput | undefined)[];
  readonly outputs: readonly PlanOutput[];
  /** A name no tensor of the model has. */
  readonly fresh: (label: string) => string;
  readonly emit: (step: RealStep) => void;
  /** The step that makes a tensor; undefined for inputs of the model. */
  readonly producer: (name: string) => RealStep | undefined;
  readonly shapeOf: (name: string) => readonly number[];
  /** True when a node or an output of the model reads the tensor. */
  readonly isRead: (name: string) => boolean;
}

export interface Meaning {
  readonly outputs: readonly TensorType[];
  readonly float: (inputs: readonly Tensor[]) => Tensor[];
  /** Absent: the operator is understood only where its inputs are constants. */
  readonly plan?: (planner: Planner) => void;
  /** Outputs known from shapes alone. */
  readonly folded?: readonly Tensor[];
  /** Present where the outputs depend on the leaves of trees alone, of one row of features, the first input. */
  readonly trees?: TreeMeaning;
}

export interface TreeMeaning {
  readonly roots: readonly TreeBranch[];
  readonly targets: number;
  /** The outputs for the sums, by target, of the leaves that the roots lead to. */
  readonly answer: (sums: Float64Array) => Tensor[];
  /** The outputs are the sums and a constant. */
  readonly isSum: boolean;
}

export interface Operator {
  readonly op: string;
  /** What of it the compiler takes, for docs/onnx-operators.gen.md. */
  readonly takes: string;
  readonly check: (context: NodeContext) => Meaning;
}

type ErrorClass = new (details: CompileDetails) => CompileError;

function fail(Class: ErrorClass, node: GraphNode, reason: string, remedy: string): never {
  throw new Class({ node: node.name, op: node.op, reason, remedy });
}

export function unsupported(node: GraphNode, reason: string, remedy: string): never {
  fail(UnsupportedError, node, reason, remedy);
}

export function badShape(
  node: GraphNode,
  reason: string,
  remedy = "check the model with onnx.checker and export it again",
): never {
  fail(ShapeError, node, reason, remedy);
}

export function badValue(node: GraphNode, reason: string, remedy: string): never {
  fail(ValueError, node, reason, remedy);
}

export function inputType({ node, types }: NodeContext, index: number): TensorType {
  const type = types[index];
  if (type === undefined) badShape(node, `input ${index} is missing`);
  return type;
}

export function inputConstant({ node, constants }: NodeContext, index: number, what: string): Tensor {
  const value = constants[index];
  if (value === undefined) {
    unsupported(node, `${what} is computed from the model's input`, `make ${what} a constant of the model`);
  }
  return value;
}

interface AttributeValues {
  readonly int: number;
  readonly float: number;
  readonly string: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly strings: readonly string[];
  readonly tensor: Tensor;
}

function attribute<K extends keyof AttributeValues>(
  node: GraphNode,
  name: string,
  kind: K,
): AttributeValues[K] | undefined {
  const found = node.attributes[name];
  if (found === undefined) return undefined;
  if (found.kind !== kind)
    badValue(node, `attribute ${name} is of kind ${found.kind}, not ${kind}`, "export the model again");
  return found.value as AttributeValues[K];
}

export function intAttribute(node: GraphNode, name: string, fallback: number): number {
  return attribute(node, name, "int") ?? fallback;
}

export function floatAttribute(node: GraphNode, name: string, fallback: number): number {
  return attribute(node, name, "float") ?? fallback;
}

export function stringAttribute(node: GraphNode, name: string, fallback: string): string {
  return attribute(node, name, "string") ?? fallback;
}

export function intsAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  return attribute(node, name, "ints");
}

/** A list of floats, given as such or as a tensor under `name`_as_tensor; undefined when absent. */
export function floatsAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  const wide = attribute(node, `${name}_as_tensor`, "tensor");
  return wide ? [...wide.data] : attribute(node, name, "floats");
}

export function stringsAttribute(node: GraphNode, name: string): readonly string[] | undefined {
  return attribute(node, name, "strings");
}

export function tensorAttribute(node: GraphNode, name: string): readonly number[] | undefined {
  const value = attribute(node, name, "tensor");
  return value && [...value.data];
}

export function axisOf(node: GraphNode, axis: number, rank: number): number {
  const normal = normalizeAxis(axis, rank);
  if (normal === undefined) badShape(node, `axis ${axis} does not exist in a tensor of rank ${rank}`);
  return normal;
}

/** The planner's input that must be a tensor of the model. */
export function tensorInput(
  planner: Planner,
  index: number,
): { readonly name: string; readonly shape: readonly number[] } {
  const input = planner.inputs[index];
  if (input?.kind !== "tensor") {
    unsupported(planner.node, `input ${index} is a constant`, "fold constant parts of the model before export");
  }
  return input;
}
