/** A model as the file has it: names, attributes and constants, nothing checked yet but that they can be read. */
import type { DataType, Tensor } from "./tensor.ts";

export type AttributeValue =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: Subgraph }
  | { readonly kind: "other"; readonly value: string };

/** The body of a node; names it does not make itself are those of the graph around it. */
export interface Subgraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly GraphNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
}

export interface GraphNode {
  /** The node's own name, or one made from its first output. */
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  /** Empty string where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Every tensor a node reads, its bodies included. */
export function readsOf({ inputs, attributes }: GraphNode): string[] {
  const captured = Object.values(attributes).flatMap((attribute) => {
    if (attribute.kind !== "graph") return [];
    const { inputs: own, nodes, constants, outputs } = attribute.value;
    const made = new Set([...own, ...constants.keys(), ...nodes.flatMap((node) => node.outputs)]);
    return [...nodes.flatMap(readsOf), ...outputs].filter((name) => !made.has(name));
  });
  return [...inputs, ...captured];
}

/** A named graph input or output; a dimension is a number, a symbol, or unknown. */
export interface GraphValue {
  readonly name: string;
  readonly dtype: DataType | undefined;
  readonly dims: readonly (number | string | undefined)[] | undefined;
}

export interface Graph {
  readonly name: string;
  /** Operator set version by domain; "" is ai.onnx. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly constants: ReadonlyMap<string, Tensor>;
}
