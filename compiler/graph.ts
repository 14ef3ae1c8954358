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
  | { readonly kind: "other"; readonly value: string };

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
