/** The trained network as ONNX, in the nodes that exporters write: tokens [1, 16] of int64 to logits [1, vocabulary] of the next character. */
import onnxProto from "onnx-proto";
import { SIZE, type Weights } from "./network.ts";

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
const { DataType } = onnx.TensorProto;

const OPSET = 17;

export function encodeModel(weights: Weights, vocabulary: number): Uint8Array {
  const { tokens, width, heads, layers, epsilon } = SIZE;
  const nodes: onnxProto.onnx.INodeProto[] = [];
  const initializers: onnxProto.onnx.ITensorProto[] = [];

  const floats = (name: string, dims: readonly number[], values: ArrayLike<number>): string => {
    const rawData = new Uint8Array(Float32Array.from(values).buffer);
    initializers.push({ name, dims: [...dims], dataType: DataType.FLOAT, rawData });
    return name;
  };
  const integers = (values: readonly number[], dims = [values.length]): string => {
    const name = `constant_${initializers.length}`;
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    initializers.push({ name, dims, dataType: DataType.INT64, rawData });
    return name;
  };
  const node = (
    opType: string,
    input: readonly string[],
    attributes: onnxProto.onnx.IAttributeProto[] = [],
    outputs = [`${opType.toLowerCase()}_${nodes.length}`],
  ): string => {
    const name = `${opType}_${nodes.length}`;
    nodes.push({ name, opType, input: [...input], output: outputs, attribute: attributes });
    return outputs[0];
  };
  const int = (name: string, i: number) => ({ name, type: AttributeType.INT, i });
  const ints = (name: string, values: readonly number[]) => ({ name, type: AttributeType.INTS, ints: [...values] });
  const weight = (name: string): string => {
    const { rows, cols, data } = weights[name];
    return floats(name, rows === 1 ? [cols] : [rows, cols], data);
  };
  const dense = (x: string, name: string): string =>
    node("Add", [node("MatMul", [x, weight(`${name}.weight`)]), weight(`${name}.bias`)]);
  const norm = (x: string, name: string): string =>
    node(
      "LayerNormalization",
      [x, weight(`${name}.gain`), weight(`${name}.bias`)],
      [int("axis", -1), { name: "epsilon", type: AttributeType.FLOAT, f: epsilon }],
    );

  const size = width / heads;
  const later = Float32Array.from({ length: tokens ** 2 }, (_, i) =>
    i % tokens > Math.floor(i / tokens) ? Number.NEGATIVE_INFINITY : 0,
  );
  const mask = floats("mask", [1, 1, tokens, tokens], later);
  const factor = floats("factor", [], [1 / Math.sqrt(size)]);
  const attention = (x: string, layer: number): string => {
    const parts = ["queries", "keys", "values"].map((part) => `${part}_${layer}`);
    node("Split", [dense(x, `${layer}.attention`), integers([width, width, width])], [int("axis", -1)], parts);
    const [queries, keys, values] = parts.map((part, i) => {
      const byHead = node("Reshape", [part, integers([1, tokens, heads, size])]);
      return node("Transpose", [byHead], [ints("perm", i === 1 ? [0, 2, 3, 1] : [0, 2, 1, 3])]);
    });
    const scores = node("Add", [node("Mul", [node("MatMul", [queries, keys]), factor]), mask]);
    const mixed = node("MatMul", [node("Softmax", [scores], [int("axis", -1)]), values]);
    const joined = node("Transpose", [mixed], [ints("perm", [0, 2, 1, 3])]);
    return dense(node("Reshape", [joined, integers([1, tokens, width])]), `${layer}.projection`);
  };

  let x = node("Add", [node("Gather", [weight("tokens"), "characters"]), weight("positions")]);
  for (let layer = 0; layer < layers; layer++) {
    x = node("Add", [x, attention(norm(x, `${layer}.before`), layer)]);
    const hidden = node("Relu", [dense(norm(x, `${layer}.middle`), `${layer}.up`)]);
    x = node("Add", [x, dense(hidden, `${layer}.down`)]);
  }
  const last = node("Gather", [norm(x, "last"), integers([-1], [])], [int("axis", 1)]);
  node("Gemm", [last, weight("head.weight"), weight("head.bias")], [], ["logits"]);

  return onnx.ModelProto.encode({
    irVersion: 8,
    producerName: "gavel char-lm",
    opsetImport: [{ domain: "", version: OPSET }],
    graph: {
      name: "char_lm",
      node: nodes,
      input: [value("characters", DataType.INT64, [1, tokens])],
      output: [value("logits", DataType.FLOAT, [1, vocabulary])],
      initializer: initializers,
    },
  }).finish();
}

function value(name: string, elemType: number, shape: readonly number[]): onnxProto.onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType, shape: { dim: shape.map((dimValue) => ({ dimValue })) } } } };
}
