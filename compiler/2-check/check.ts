/**
 * Checks a graph and gives every node its meaning: operator sets, names, order, shapes and types; constants folded, nodes that no
 * output needs removed.
 */
import { GraphError, ShapeError, UnsupportedError, ValueError } from "../errors.ts";
import type { Graph, GraphNode, GraphValue } from "../graph.ts";
import { requireElements, requireLiveElements, requireNodes } from "../limits.ts";
import type { Meaning } from "../ops/operator.ts";
import { findOperator, operatorNames } from "../ops/registry.ts";
import { isFloat, type Tensor, type TensorType } from "../tensor.ts";
import { expandNode } from "./expand.ts";
import { foldLeaves } from "./fold-leaves.ts";
import { orderNodes } from "./order.ts";

export interface CheckedNode {
  readonly node: GraphNode;
  readonly meaning: Meaning;
}

export interface ModelValue {
  readonly name: string;
  readonly type: TensorType;
}

export interface Model {
  readonly name: string;
  readonly opset: number;
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly types: ReadonlyMap<string, TensorType>;
  /** In an order in which inputs come before their uses. */
  readonly nodes: readonly CheckedNode[];
}

/** Sizes for symbolic dimensions, by symbol. */
export type Bindings = Readonly<Record<string, number>>;

const OLDEST_OPSET = 7;
export const NEWEST_OPSET = 23;

export function checkModel(graph: Graph, bind: Bindings = {}): Model {
  const opset = checkOpsets(graph);
  const constants = new Map(graph.constants);
  const types = new Map<string, TensorType>();
  const sequences = new Map<string, readonly string[]>();
  for (const [name, value] of constants) types.set(name, value);
  checkBindings(graph, bind);
  const sizes = { ...batchSizes(graph), ...bind };
  const inputs = graph.inputs.map((value) => ({ name: value.name, type: inputTypeOf(value, sizes) }));
  for (const { name, type } of inputs) types.set(name, type);
  const checked: CheckedNode[] = [];
  const waiting = orderNodes(graph).reverse();
  let count = 0;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    requireNodes(++count, node);
    const expansion = expandNode(node, { opset, types, constants, sequences });
    if (expansion) {
      for (const [name, value] of expansion.constants) {
        constants.set(name, value);
        types.set(name, value);
      }
      for (const [name, list] of expansion.sequences) sequences.set(name, list);
      for (const made of expansion.nodes.toReversed()) waiting.push(made);
      continue;
    }
    const meaning = checkNode(node, opset, types, constants);
    node.outputs.forEach((name, index) => {
      if (name !== "" && meaning.outputs[index]) types.set(name, meaning.outputs[index]);
    });
    const folded = foldNode(node, meaning, constants);
    if (folded) {
      node.outputs.forEach((name, index) => {
        if (name !== "") constants.set(name, folded[index]);
      });
    } else {
      checked.push({ node, meaning });
    }
  }
  const outputs = graph.outputs.map((value) => outputOf(value, types, constants));
  const names = outputs.map((output) => output.name);
  const nodes = liveNodes(foldLeaves({ nodes: liveNodes(checked, names), outputs: names, constants, types }), names);
  for (const { node, meaning } of nodes) checkLiveNode(node, meaning, constants);
  return { name: graph.name, opset, inputs, outputs, constants, types, nodes };
}

export function checkOpsets(graph: Graph): number {
  const opset = graph.opsets[""] ?? (usesDefaultDomain(graph) ? undefined : NEWEST_OPSET);
  if (opset === undefined || opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
    throw new UnsupportedError({
      reason: `the model asks for operator set ${opset ?? "none"} of ai.onnx`,
      expected: `${OLDEST_OPSET} to ${NEWEST_OPSET}`,
      remedy: `convert the model with onnx.version_converter.convert_version(model, 18)`,
    });
  }
  return opset;
}

/** Converters of trees write models of ai.onnx.ml alone, which ask for no operator set of ai.onnx. */
function usesDefaultDomain({ nodes }: Graph): boolean {
  return nodes.some(({ domain }) => domain === "");
}

/** The batch axis is 1, also where it is the only axis of another input; a symbol that names other axes too is not it. */
export function batchSizes({ inputs }: Graph): Bindings {
  const shapes = inputs.map(({ dims = [] }) => dims);
  const others = shapes.flatMap((dims) => dims.slice(1));
  const first = shapes.flatMap(([dim, ...rest]) => (typeof dim === "string" && rest.length > 0 ? [dim] : []));
  return Object.fromEntries(first.filter((symbol) => !others.includes(symbol)).map((symbol) => [symbol, 1]));
}

/** A size that no input asks for is a slip of the pen: the axis that was meant would keep another. */
function checkBindings({ inputs }: Graph, bind: Bindings): void {
  const symbols = new Set(inputs.flatMap(({ dims = [] }) => dims.filter((dim) => typeof dim === "string")));
  const unknown = Object.keys(bind).find((name) => !symbols.has(name));
  if (unknown === undefined) return;
  throw new ShapeError({
    reason: `no input has a symbolic dimension ${unknown}`,
    expected: symbols.size > 0 ? [...symbols].join(", ") : "no sizes: every input has a fixed shape",
    got: unknown,
    remedy: "bind the dimensions that the model names",
  });
}

export function inputTypeOf({ name, dtype, dims }: GraphValue, bind: Bindings): TensorType {
  if (dims === undefined || dtype === undefined) {
    throw new ShapeError({
      reason: `input ${name} has no shape or type`,
      remedy: "export the model with static input shapes",
    });
  }
  if (!isFloat(dtype) && dtype !== "int64" && dtype !== "int32") {
    throw new UnsupportedError({
      reason: `input ${name} is of type ${dtype}`,
      expected: "a float type, int64 or int32",
      remedy: "export the model with inputs of such a type",
    });
  }
  const shape = dims.map((dim, axis) => {
    if (typeof dim === "number" && dim > 0) return dim;
    const bound = typeof dim === "string" && Object.hasOwn(bind, dim) ? bind[dim] : undefined;
    if (bound !== undefined) return bound;
    if (axis === 0 && dims.length > 1) return 1;
    throw new ShapeError({
      reason: `axis ${axis} of input ${name} has no fixed size (${dim ?? "unknown"})`,
      expected: "a number for every axis but the batch axis",
      remedy:
        typeof dim === "string" ? `give a size: --bind ${dim}=NUMBER` : "export the model with static input shapes",
    });
  });
  if (shape.some((n) => !Number.isInteger(n) || n < 1)) {
    throw new ShapeError({ reason: `input ${name} has the shape [${shape}]`, remedy: "bind sizes of at least 1" });
  }
  requireLiveElements(shape, `input ${name}`);
  return { dtype, shape };
}

export function checkNode(
  node: GraphNode,
  opset: number,
  types: ReadonlyMap<string, TensorType>,
  constants: ReadonlyMap<string, Tensor>,
): Meaning {
  const operator = findOperator(node.domain, node.op);
  if (operator === undefined) {
    const full = node.domain === "" ? node.op : `${node.domain}::${node.op}`;
    throw new UnsupportedError({
      node: node.name,
      op: full,
      reason: `the operator ${full} is not supported`,
      expected: `one of the ${operatorNames().length} operators of docs/onnx-operators.gen.md`,
      remedy: remedyFor(node),
    });
  }
  const named = node.inputs.find((name) => constants.get(name)?.names);
  if (named !== undefined && !CHOOSING.includes(node.op)) {
    throw new UnsupportedError({
      node: node.name,
      op: node.op,
      reason: `constant ${named} holds names, which are chosen among, not computed with`,
      remedy: "number the classes before training, and name them behind the model",
    });
  }
  const meaning = operator.check({
    node,
    opset,
    types: node.inputs.map((name) => (name === "" ? undefined : types.get(name))),
    constants: node.inputs.map((name) => (name === "" ? undefined : constants.get(name))),
  });
  for (const type of meaning.outputs) if (type !== undefined) requireElements(type.shape, "the output", node);
  return meaning;
}

/** Operators that names of classes go through. */
const CHOOSING: readonly string[] = ["ArrayFeatureExtractor", "Cast", "Flatten", "Identity", "Reshape", "Squeeze"];

function remedyFor({ domain }: GraphNode): string {
  if (domain === "com.microsoft.nchwc")
    return "optimize the model with ORT_ENABLE_EXTENDED: what ORT_ENABLE_ALL writes is laid out for one processor";
  if (domain === "com.microsoft")
    return "save the model as onnx.export wrote it; quantize with quant_format=QuantFormat.QDQ, which needs no operators of onnxruntime's own";
  return "replace the operator by supported ones";
}

/** Values of the outputs when they do not depend on the model's input. */
export function foldNode(
  node: GraphNode,
  meaning: Meaning,
  constants: ReadonlyMap<string, Tensor>,
): readonly Tensor[] | undefined {
  if (meaning.folded) return meaning.folded;
  const values = node.inputs.map((name) => (name === "" ? undefined : constants.get(name)));
  if (values.some((value, index) => value === undefined && node.inputs[index] !== "")) return undefined;
  return meaning.float(values as Tensor[]);
}

/** The type its node gives; converters of scikit-learn declare other shapes (two scores where there is one), which onnxruntime does not mind. */
function outputOf(
  value: GraphValue,
  types: ReadonlyMap<string, TensorType>,
  constants: ReadonlyMap<string, Tensor>,
): ModelValue {
  const type = types.get(value.name);
  if (type === undefined) {
    throw new GraphError({ reason: `output ${value.name} is produced by no node`, remedy: "export the model again" });
  }
  if (constants.has(value.name)) {
    throw new UnsupportedError({
      reason: `output ${value.name} does not depend on the input`,
      remedy: "remove the output from the model",
    });
  }
  return { name: value.name, type };
}

function liveNodes(nodes: readonly CheckedNode[], outputs: readonly string[]): CheckedNode[] {
  const needed = new Set(outputs);
  const live: CheckedNode[] = [];
  for (const item of [...nodes].reverse()) {
    if (!item.node.outputs.some((name) => needed.has(name))) continue;
    live.push(item);
    for (const name of item.node.inputs) needed.add(name);
  }
  return live.reverse();
}

/** Operators through which masks enter (`3-quantize/masks.ts`). */
const MASKING: readonly string[] = ["Add", "Attention", "Where"];

export function checkLiveNode(node: GraphNode, meaning: Meaning, constants: ReadonlyMap<string, Tensor>): void {
  if (meaning.plan === undefined) {
    throw new UnsupportedError({
      node: node.name,
      op: node.op,
      reason: `${node.op} is supported on constants only`,
      remedy: "replace the operator by supported ones",
    });
  }
  for (const type of meaning.outputs) if (type !== undefined) requireLiveElements(type.shape, "the output", node);
  for (const name of node.inputs) {
    const value = constants.get(name);
    const isBound = node.op === "Clip";
    if (!value || !isFloat(value.dtype) || isBound) continue;
    const isMask = (item: number): boolean => item === Number.NEGATIVE_INFINITY && MASKING.includes(node.op);
    const index = value.data.findIndex((item) => !Number.isFinite(item) && !isMask(item));
    if (index >= 0) {
      throw new ValueError({
        node: node.name,
        op: node.op,
        reason: `constant ${name} holds ${value.data[index]} at element ${index}`,
        remedy: "train or export the model again; every weight must be a finite number",
      });
    }
  }
}
