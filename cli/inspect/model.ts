/**
 * What the compiler thinks of an ONNX file, node by node. Unlike `compile`, it goes on after a refusal: the tensors that a refused
 * node would make take the type that the file declares for them; where it declares none, nodes that read them are not checked.
 */
import { readModel } from "../../compiler/1-read/read.ts";
import {
  type Bindings,
  batchSizes,
  checkLiveNode,
  checkModel,
  checkNode,
  checkOpsets,
  foldNode,
  inputTypeOf,
  NEWEST_OPSET,
} from "../../compiler/2-check/check.ts";
import { expandNode } from "../../compiler/2-check/expand.ts";
import { orderNodes } from "../../compiler/2-check/order.ts";
import { fuseProgram } from "../../compiler/3-quantize/fuse.ts";
import { planModel } from "../../compiler/3-quantize/plan.ts";
import { CompileError } from "../../compiler/errors.ts";
import type { Graph, GraphNode } from "../../compiler/graph.ts";
import { MAX_NODES } from "../../compiler/limits.ts";
import { findOperator } from "../../compiler/ops/registry.ts";
import type { RealProgram } from "../../compiler/program.ts";
import { isFloat, sizeOf, type Tensor, type TensorType } from "../../compiler/tensor.ts";
import { declaredTypes } from "./declared-types.ts";

/** Why the compiler refuses the model, or a node of it. */
export interface Refusal {
  readonly error: string;
  readonly reason: string;
  readonly remedy: string | undefined;
}

export interface NodeReport {
  readonly name: string;
  readonly op: string;
  /** `constant`: computed while compiling. `unknown`: reads what a refused node makes. */
  readonly status: "supported" | "constant" | "refused" | "unknown";
  /** Of the first output, when it is known. */
  readonly shape: readonly number[] | undefined;
  readonly refusal: Refusal | undefined;
  /** Names of tensors. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface ValueReport {
  readonly name: string;
  readonly dtype: string | undefined;
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

export interface ModelReport {
  readonly model: string;
  readonly opset: number | undefined;
  readonly supported: boolean;
  /** Refusals that belong to no single node. */
  readonly refusals: readonly Refusal[];
  readonly nodes: readonly NodeReport[];
  /** Elements of the floating-point constants of the file. */
  readonly params: number;
  /** Multiply-accumulates of convolutions and matrix products in one inference; known when the whole model is supported. */
  readonly macs: number | undefined;
  readonly inputs: readonly ValueReport[];
  readonly outputs: readonly ValueReport[];
}

export function inspectModel(bytes: Uint8Array, bind: Bindings = {}): ModelReport {
  const graph = readModel(bytes);
  const survey = surveyNodes(graph, bind, declaredTypes(bytes, bind));
  const whole = attempt(() => {
    const model = checkModel(graph, bind);
    return { model, macs: macsOf(fuseProgram(planModel(model))) };
  });
  const refusals = [...survey.refusals];
  const seen = [...refusals, ...survey.nodes.flatMap((node) => node.refusal ?? [])];
  // What only the model as a whole shows: outputs that nothing makes, or that depend on no input.
  if (whole.refusal && !seen.some(({ reason }) => reason === whole.refusal?.reason)) refusals.push(whole.refusal);
  return {
    model: graph.name,
    opset: graph.opsets[""],
    supported: whole.value !== undefined,
    refusals,
    nodes: survey.nodes,
    params: [...graph.constants.values()].reduce((n, { dtype, shape }) => n + (isFloat(dtype) ? sizeOf(shape) : 0), 0),
    macs: whole.value?.macs,
    inputs: graph.inputs.map(({ name, dtype, dims }) => ({
      name,
      dtype,
      shape: survey.types.get(name)?.shape ?? dims,
    })),
    outputs: graph.outputs.map(({ name, dtype, dims }) => ({
      name,
      dtype: survey.types.get(name)?.dtype ?? dtype,
      shape: survey.types.get(name)?.shape ?? dims,
    })),
  };
}

function surveyNodes(graph: Graph, bind: Bindings, declared: ReadonlyMap<string, TensorType>) {
  const refusals: Refusal[] = [];
  const note = <T>(result: Attempt<T>): T | undefined => {
    if (result.refusal) refusals.push(result.refusal);
    return result.value;
  };
  const opset = note(attempt(() => checkOpsets(graph))) ?? NEWEST_OPSET;
  const constants = new Map<string, Tensor>(graph.constants);
  const types = new Map<string, TensorType>(constants);
  const sequences = new Map<string, readonly string[]>();
  const sizes = { ...batchSizes(graph), ...bind };
  for (const input of graph.inputs) {
    const type = note(attempt(() => inputTypeOf(input, sizes)));
    if (type) types.set(input.name, type);
  }
  const ordered = note(attempt(() => orderNodes(graph))) ?? graph.nodes;
  const report = (node: GraphNode): NodeReport => {
    const { name, inputs, outputs } = node;
    const base = { name, inputs, outputs, op: node.domain === "" ? node.op : `${node.domain}::${node.op}` };
    const result = attempt(() => surveyNode(node, opset, types, constants));
    if (result.value === undefined) {
      for (const name of node.outputs) {
        const type = declared.get(name);
        if (type) types.set(name, type);
      }
      const shape = declared.get(node.outputs[0])?.shape;
      const isUnknown = node.inputs.some((name) => name !== "" && !types.has(name));
      if (isUnknown && findOperator(node.domain, node.op))
        return { ...base, status: "unknown", shape, refusal: undefined };
      return { ...base, status: "refused", shape, refusal: result.refusal };
    }
    return { ...base, ...result.value, refusal: undefined };
  };
  const nodes: NodeReport[] = [];
  let count = 0;
  const visit = (node: GraphNode): void => {
    // The whole model's check refuses what goes on after that.
    if (++count > MAX_NODES) return;
    const { value: expansion, refusal } = attempt(() => expandNode(node, { opset, types, constants, sequences }));
    for (const [name, value] of expansion?.constants ?? []) {
      constants.set(name, value);
      types.set(name, value);
    }
    for (const [name, list] of expansion?.sequences ?? []) sequences.set(name, list);
    if (expansion) expansion.nodes.forEach(visit);
    else if (refusal) {
      const { name, op, inputs, outputs } = node;
      nodes.push({ name, op, status: "refused", shape: undefined, refusal, inputs, outputs });
    } else nodes.push(report(node));
  };
  ordered.forEach(visit);
  return { refusals, nodes, types };
}

/** Adds the node's outputs to `types` and, when they are known, to `constants`. */
function surveyNode(
  node: GraphNode,
  opset: number,
  types: Map<string, TensorType>,
  constants: Map<string, Tensor>,
): Pick<NodeReport, "status" | "shape"> {
  const meaning = checkNode(node, opset, types, constants);
  const folded = foldNode(node, meaning, constants);
  if (folded === undefined) checkLiveNode(node, meaning, constants);
  node.outputs.forEach((name, index) => {
    if (name === "") return;
    if (folded?.[index]) constants.set(name, folded[index]);
    const type = folded?.[index] ?? meaning.outputs[index];
    if (type) types.set(name, type);
  });
  return { status: folded ? "constant" : "supported", shape: types.get(node.outputs[0])?.shape };
}

function macsOf({ steps }: RealProgram): number {
  const parts = steps.flatMap((step) =>
    step.kind === "linear" ? step.parts.map((part) => ({ part, size: sizeOf(step.shape) })) : [],
  );
  return parts.reduce((sum, { part, size }) => {
    if (part.kind === "conv") return sum + (size * part.weights.length) / part.outChannels;
    return part.kind === "contract" ? sum + size * part.inN : sum;
  }, 0);
}

interface Attempt<T> {
  readonly value?: T;
  readonly refusal?: Refusal;
}

function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return { refusal: { error: error.name, reason: error.reason, remedy: error.remedy } };
  }
}
