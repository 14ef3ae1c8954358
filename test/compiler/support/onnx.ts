/** Builds ONNX files for tests, and runs them with onnxruntime. */
import onnxProto from "onnx-proto";
import * as ort from "onnxruntime-web";

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
const { DataType } = onnx.TensorProto;

export interface TestTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  readonly type?: "float" | "int64" | "bool" | "int8" | "uint8" | "int32";
  /** Strings, of which the data are positions. */
  readonly names?: readonly string[];
}

/** The body of a node; scalars among its inputs and outputs by name, the others are float tensors. */
export interface TestBody {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly TestNode[];
  readonly constants?: Readonly<Record<string, TestTensor>>;
  readonly types?: Readonly<Record<string, "int64" | "bool">>;
}

export type TestAttribute =
  | { readonly body: TestBody }
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | TestTensor;

export interface TestNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs?: readonly string[];
  readonly attributes?: Readonly<Record<string, TestAttribute>>;
  readonly domain?: string;
  readonly name?: string;
}

/** A function of the file, in the domain "test"; an attribute "@name" stands for the caller's attribute of that name. */
export interface TestFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: readonly string[];
  readonly nodes: readonly TestNode[];
}

export interface TestModel {
  readonly functions?: readonly TestFunction[];
  readonly inputs: Readonly<Record<string, readonly (number | string)[]>>;
  /** Inputs of type int64, with the number of values from 0 that they take; the others are floats. */
  readonly indices?: Readonly<Record<string, number>>;
  readonly nodes: readonly TestNode[];
  readonly constants?: Readonly<Record<string, TestTensor>>;
  /** Names of outputs; the last node's output by default. */
  readonly outputs?: readonly string[];
  readonly outputTypes?: Readonly<Record<string, "float" | "int64" | "bool">>;
  readonly outputShapes?: Readonly<Record<string, readonly number[]>>;
  readonly opset?: number;
  /** Version of ai.onnx.ml. */
  readonly mlOpset?: number;
}

export function buildModel(model: TestModel): Uint8Array {
  const nodes = model.nodes.map((node, index) => ({ ...node, outputs: node.outputs ?? [`t${index}`] }));
  const outputs = model.outputs ?? [nodes[nodes.length - 1].outputs[0]];
  return onnx.ModelProto.encode({
    irVersion: 8,
    producerName: "gavel tests",
    opsetImport: [
      { domain: "", version: model.opset ?? 17 },
      { domain: "ai.onnx.ml", version: model.mlOpset ?? 3 },
      { domain: "com.microsoft", version: 1 },
      ...(model.functions ? [{ domain: "test", version: 1 }] : []),
    ],
    functions: (model.functions ?? []).map(({ name, inputs, outputs: results, attributes = [], nodes: body }) => ({
      name,
      domain: "test",
      input: [...inputs],
      output: [...results],
      attribute: [...attributes],
      node: body.map(nodeProto),
      opsetImport: [
        { domain: "", version: model.opset ?? 17 },
        { domain: "test", version: 1 },
      ],
    })),
    graph: {
      name: "test",
      node: nodes.map(nodeProto),
      input: Object.entries(model.inputs).map(([name, shape]) =>
        valueProto(name, model.indices?.[name] ? "int64" : "float", shape),
      ),
      output: outputs.map((name) => valueProto(name, model.outputTypes?.[name] ?? "float", model.outputShapes?.[name])),
      initializer: Object.entries(model.constants ?? {}).map(([name, tensor]) => tensorProto(name, tensor)),
    },
  }).finish();
}

function bodyProto({ inputs, outputs, nodes, constants = {}, types = {} }: TestBody): onnxProto.onnx.IGraphProto {
  const values = (names: readonly string[]) =>
    names.map((name) => valueProto(name, types[name] ?? "float", types[name] ? [] : undefined));
  return {
    name: "body",
    node: nodes.map(nodeProto),
    input: values(inputs),
    output: values(outputs),
    initializer: Object.entries(constants).map(([name, tensor]) => tensorProto(name, tensor)),
  };
}

function nodeProto(node: TestNode, index: number): onnxProto.onnx.INodeProto {
  return {
    name: node.name ?? `n${index}`,
    opType: node.op,
    domain: node.domain ?? "",
    input: [...node.inputs],
    output: [...(node.outputs ?? [`t${index}`])],
    attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => attributeProto(name, value)),
  };
}

function valueProto(
  name: string,
  type: "float" | "int64" | "bool",
  shape: readonly (number | string)[] | undefined,
): onnxProto.onnx.IValueInfoProto {
  const dims = shape?.map((n) => (typeof n === "string" ? { dimParam: n } : { dimValue: n }));
  const elemType = { float: DataType.FLOAT, int64: DataType.INT64, bool: DataType.BOOL }[type];
  return { name, type: { tensorType: { elemType, ...(dims ? { shape: { dim: dims } } : {}) } } };
}

export function tensorProto(
  name: string,
  { shape, data, type = "float", names }: TestTensor,
): onnxProto.onnx.ITensorProto {
  const values = Array.from(data);
  if (names) {
    const stringData = values.map((index) => new TextEncoder().encode(names[index]));
    return { name, dims: [...shape], dataType: DataType.STRING, stringData };
  }
  if (type === "int64") return { name, dims: [...shape], dataType: DataType.INT64, int64Data: values };
  const small = { int8: DataType.INT8, uint8: DataType.UINT8, int32: DataType.INT32 } as const;
  if (type in small) {
    const dataType = small[type as keyof typeof small];
    return { name, dims: [...shape], dataType, int32Data: values };
  }
  if (type === "bool") return { name, dims: [...shape], dataType: DataType.BOOL, int32Data: values };
  return {
    name,
    dims: [...shape],
    dataType: DataType.FLOAT,
    rawData: new Uint8Array(Float32Array.from(values).buffer),
  };
}

function attributeProto(name: string, value: TestAttribute): onnxProto.onnx.IAttributeProto {
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string" && value.startsWith("@"))
    return { name, type: AttributeType.INT, refAttrName: value.slice(1) };
  if (typeof value === "string") return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === "object" && "body" in value)
    return { name, type: AttributeType.GRAPH, g: bodyProto(value.body) };
  if ("floats" in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  if ("strings" in value)
    return { name, type: AttributeType.STRINGS, strings: value.strings.map((text) => new TextEncoder().encode(text)) };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ("shape" in value) return { name, type: AttributeType.TENSOR, t: tensorProto("", value) };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

export type Feeds = Readonly<Record<string, TestTensor>>;

/** Values of every output, by name. */
export async function runOnnx(bytes: Uint8Array, feeds: readonly Feeds[]): Promise<Record<string, number[]>[]> {
  const session = await ort.InferenceSession.create(bytes);
  const results: Record<string, number[]>[] = [];
  for (const feed of feeds) {
    const tensors = Object.entries(feed).map(([name, { shape, data, type }]) => [
      name,
      type === "int64"
        ? new ort.Tensor("int64", BigInt64Array.from(Array.from(data, BigInt)), [...shape])
        : new ort.Tensor("float32", Float32Array.from(data), [...shape]),
    ]);
    const out = await session.run(Object.fromEntries(tensors));
    results.push(
      Object.fromEntries(
        Object.entries(out).map(([name, tensor]) => [name, Array.from(tensor.data as ArrayLike<number>, Number)]),
      ),
    );
  }
  await session.release();
  return results;
}
