/** What every file of this folder gives: an operator, and the operators of ONNX that stand for it. Source: onnxruntime, docs/ContribOperators.md. */
import type { AttributeValue, GraphNode } from "../../graph.ts";
import type { TensorType } from "../../tensor.ts";
import { type Expansion, type Known, refuse } from "../expansion.ts";

export interface ReplacedNode {
  readonly op: string;
  /** "" for ai.onnx. */
  readonly domain: string;
  /** For docs/onnx-operators.gen.md. */
  readonly takes: string;
  readonly expand: (node: GraphNode, known: Known) => Expansion;
}

export const MICROSOFT = "com.microsoft";

export type Attributes = GraphNode["attributes"];

export function numberOf(attribute: AttributeValue | undefined, fallback: number): number {
  return attribute?.kind === "int" || attribute?.kind === "float" ? attribute.value : fallback;
}

export const int = (value: number): AttributeValue => ({ kind: "int", value });
export const float = (value: number): AttributeValue => ({ kind: "float", value });
export const ints = (value: readonly number[]): AttributeValue => ({ kind: "ints", value });

/** True where the node has an input at this place. */
export const isGiven = ({ inputs }: GraphNode, at: number): boolean => (inputs[at] ?? "") !== "";

export function typeOf(node: GraphNode, at: number, { types }: Known): TensorType {
  const type = types.get(node.inputs[at] ?? "");
  if (type === undefined) refuse(node, `input ${at} is missing`, "write the model again with the tool that made it");
  return type;
}

export const isReadAt = ({ outputs }: GraphNode, at: number): boolean => (outputs[at] ?? "") !== "";
