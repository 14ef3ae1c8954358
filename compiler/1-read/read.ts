/** Bytes of an ONNX file to a graph. */
import onnxProto from "onnx-proto";
import { CompileError, ModelFormatError } from "../errors.ts";
import type { AttributeValue, Graph, GraphNode, GraphValue, Subgraph } from "../graph.ts";
import type { Tensor } from "../tensor.ts";
import { inlineFunctions } from "./inline.ts";
import { dataTypeOf, readTensor } from "./tensor.ts";

type NodeProto = onnxProto.onnx.INodeProto;
type AttributeProto = onnxProto.onnx.IAttributeProto;

const { AttributeType } = onnxProto.onnx.AttributeProto;

export function readModel(bytes: Uint8Array): Graph {
  const model = decode(bytes);
  const graph = model.graph;
  if (!graph || (graph.output ?? []).length === 0 || (model.opsetImport ?? []).length === 0) {
    throw new ModelFormatError({
      reason: "the file has no graph with outputs and operator sets",
      remedy: "give an ONNX model file (ModelProto), as written by onnx.save or torch.onnx.export",
    });
  }
  const constants = readConstants(graph);
  return {
    name: graph.name ?? "",
    opsets: Object.fromEntries(
      (model.opsetImport ?? []).map((entry) => [normalDomain(entry.domain), Number(entry.version ?? 0)]),
    ),
    nodes: inlineFunctions(graph.node ?? [], model.functions ?? []).map(readNode),
    inputs: (graph.input ?? []).map(readValue).filter((value) => !constants.has(value.name)),
    outputs: (graph.output ?? []).map(readValue),
    constants,
  };
}

function decode(bytes: Uint8Array): onnxProto.onnx.ModelProto {
  try {
    return onnxProto.onnx.ModelProto.decode(bytes);
  } catch (cause) {
    throw new ModelFormatError({
      reason: "the bytes are not an ONNX model",
      remedy: "check that the file is complete and was written by an ONNX exporter",
      cause,
    });
  }
}

function normalDomain(domain: string | null | undefined): string {
  return domain === "ai.onnx" ? "" : (domain ?? "");
}

function readConstants({ initializer }: onnxProto.onnx.IGraphProto): Map<string, Tensor> {
  return new Map((initializer ?? []).map((item) => [item.name ?? "", readTensor(item, item.name ?? "")]));
}

function readSubgraph(graph: onnxProto.onnx.IGraphProto): Subgraph {
  return {
    inputs: (graph.input ?? []).map(({ name }) => name ?? ""),
    outputs: (graph.output ?? []).map(({ name }) => name ?? ""),
    nodes: (graph.node ?? []).map(readNode),
    constants: readConstants(graph),
  };
}

function readNode(node: NodeProto, index: number): GraphNode {
  const outputs = node.output ?? [];
  const name = node.name || outputs[0] || `node ${index}`;
  const op = node.opType ?? "";
  try {
    const attributes = (node.attribute ?? []).map(
      (attribute) => [attribute.name ?? "", readAttribute(attribute)] as const,
    );
    return {
      name,
      op,
      domain: normalDomain(node.domain),
      inputs: node.input ?? [],
      outputs,
      attributes: Object.fromEntries(attributes),
    };
  } catch (error) {
    if (error instanceof CompileError && error.node === undefined) {
      throw new ModelFormatError({
        node: name,
        op,
        reason: error.reason,
        remedy: error.remedy ?? "export the model again",
        cause: error,
      });
    }
    throw error;
  }
}

function readAttribute(attribute: AttributeProto): AttributeValue {
  switch (attribute.type) {
    case AttributeType.INT:
      return { kind: "int", value: Number(attribute.i ?? 0) };
    case AttributeType.FLOAT:
      return { kind: "float", value: attribute.f ?? 0 };
    case AttributeType.STRING:
      return { kind: "string", value: text(attribute.s) };
    case AttributeType.INTS:
      return { kind: "ints", value: (attribute.ints ?? []).map(Number) };
    case AttributeType.FLOATS:
      return { kind: "floats", value: attribute.floats ?? [] };
    case AttributeType.STRINGS:
      return { kind: "strings", value: (attribute.strings ?? []).map(text) };
    case AttributeType.TENSOR:
      return { kind: "tensor", value: readTensor(attribute.t ?? {}, `attribute ${attribute.name}`) };
    case AttributeType.GRAPH:
      return { kind: "graph", value: readSubgraph(attribute.g ?? {}) };
    default:
      return { kind: "other", value: AttributeType[attribute.type ?? 0] ?? "unknown" };
  }
}

function text(bytes: Uint8Array | null | undefined): string {
  return new TextDecoder().decode(bytes ?? new Uint8Array());
}

function readValue(value: onnxProto.onnx.IValueInfoProto): GraphValue {
  const type = value.type?.tensorType;
  const dims = type?.shape?.dim?.map((dim) => {
    if (dim.dimParam) return dim.dimParam;
    return dim.dimValue === null || dim.dimValue === undefined ? undefined : Number(dim.dimValue);
  });
  return { name: value.name ?? "", dtype: dataTypeOf(type?.elemType), dims };
}
