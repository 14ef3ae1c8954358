/** Nodes that stand in the place of one, with the constants they read. */
import { UnsupportedError } from "../errors.ts";
import type { AttributeValue, GraphNode, Subgraph } from "../graph.ts";
import { int64, type Tensor, type TensorType, tensor } from "../tensor.ts";

export interface Known {
  readonly opset: number;
  readonly types: ReadonlyMap<string, TensorType>;
  readonly constants: ReadonlyMap<string, Tensor>;
  /** Names of the tensors of every list. */
  readonly sequences: ReadonlyMap<string, readonly string[]>;
}

export interface Expansion {
  /** In an order in which every tensor is made before it is used. */
  readonly nodes: GraphNode[];
  readonly constants: Map<string, Tensor>;
  readonly sequences: Map<string, readonly string[]>;
}

export function refuse(node: GraphNode, reason: string, remedy: string): never {
  throw new UnsupportedError({ node: node.name, op: node.op, reason, remedy });
}

/** Names are the replaced node's with a suffix. */
export class MadeNodes implements Expansion {
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Tensor>();
  readonly sequences = new Map<string, readonly string[]>();
  readonly #node: GraphNode;

  constructor(node: GraphNode) {
    this.#node = node;
  }

  constant(label: string, value: Tensor): string {
    const name = `${this.#node.name}/${label}`;
    this.constants.set(name, value);
    return name;
  }

  add(op: string, inputs: readonly string[], attributes: GraphNode["attributes"] = {}, output?: string): string {
    const name = `${this.#node.name}/${op} ${this.nodes.length}`;
    const out = output ?? name;
    this.nodes.push({ name, op, domain: "", inputs, outputs: [out], attributes });
    return out;
  }

  /** A node with all results of the replaced one. */
  addAll(op: string, inputs: readonly string[], attributes: GraphNode["attributes"], domain = ""): void {
    const name = `${this.#node.name}/${op} ${this.nodes.length}`;
    this.nodes.push({ name, op, domain, inputs, outputs: this.#node.outputs, attributes });
  }

  /** Gives a tensor the name of one of the replaced node's results. */
  named(name: string, at = 0): this {
    this.alias(name, this.#node.outputs[at] ?? "");
    return this;
  }

  alias(name: string, output: string): void {
    if (output !== "") this.add("Identity", [name], {}, output);
  }

  /** The sum; x itself where there is nothing to add. */
  sum(x: string, bias: string | undefined): string {
    return bias === undefined || bias === "" ? x : this.add("Add", [x, bias]);
  }

  transposed(name: string, permutation: readonly number[]): string {
    return this.add("Transpose", [name], { perm: { kind: "ints", value: permutation } });
  }

  channelsFirst(name: string, rank: number): string {
    return this.transposed(name, [0, rank - 1, ...axes(1, rank - 1)]);
  }

  channelsLast(name: string, rank: number): string {
    return this.transposed(name, [0, ...axes(2, rank), 1]);
  }

  scaled(name: string, factor: number): string {
    return this.add("Mul", [name, this.constant(`factor ${factor}`, tensor([], Float64Array.of(factor)))]);
  }

  /** Slices of the last axis, one after the other. */
  columns(name: string, widths: readonly number[]): string[] {
    let start = 0;
    return widths.map((width) => {
      const bounds = [start, start + width, -1].map((value) => this.constant(`column ${value}`, int64([1], [value])));
      start += width;
      return this.add("Slice", [name, ...bounds]);
    });
  }

  reshaped(name: string, shape: readonly number[]): string {
    return this.add("Reshape", [name, this.constant(`shape ${shape}`, int64([shape.length], shape))]);
  }

  unsqueezed(name: string, axis: number, opset: number): string {
    if (opset < 13) return this.add("Unsqueeze", [name], { axes: { kind: "ints", value: [axis] } });
    return this.add("Unsqueeze", [name, this.constant(`axis ${axis}`, int64([1], [axis]))]);
  }

  concat(names: readonly string[], axis: number, output: string): void {
    if (output !== "") this.add("Concat", names, { axis: { kind: "int", value: axis } }, output);
  }

  /** A copy of a body on these inputs; its outputs. */
  copy(body: Subgraph, label: string, inputs: readonly string[]): readonly string[] {
    const names = new Map<string, string>(body.inputs.map((name, i) => [name, inputs[i]]));
    const rename = renamer(body, names, `${this.#node.name}/${label}`);
    for (const [name, value] of body.constants) this.constants.set(rename(name), value);
    for (const node of body.nodes) this.nodes.push(renamed(node, rename, `${this.#node.name}/${label}/${node.name}`));
    return body.outputs.map(rename);
  }
}

const axes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

type Rename = (name: string) => string;

function renamer({ nodes, constants }: Subgraph, names: Map<string, string>, prefix: string): Rename {
  for (const name of [...constants.keys(), ...nodes.flatMap(({ outputs }) => outputs)])
    if (name !== "" && !names.has(name)) names.set(name, `${prefix}/${name}`);
  return (name) => names.get(name) ?? name;
}

function renamed(node: GraphNode, rename: Rename, name: string): GraphNode {
  const attributes = Object.entries(node.attributes).map(([key, attribute]): [string, AttributeValue] => [
    key,
    attribute.kind === "graph" ? { kind: "graph", value: captured(attribute.value, rename) } : attribute,
  ]);
  return {
    ...node,
    name,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}

/** A body within a body: only the names it takes from outside change. */
function captured(body: Subgraph, rename: Rename): Subgraph {
  const own = new Set([...body.inputs, ...body.constants.keys(), ...body.nodes.flatMap(({ outputs }) => outputs)]);
  const inner: Rename = (name) => (own.has(name) ? name : rename(name));
  const nodes = body.nodes.map((node) => renamed(node, inner, node.name));
  return { ...body, nodes, outputs: body.outputs.map(inner) };
}
