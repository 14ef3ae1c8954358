/** Writes feed-forward ONNX models with seeded random weights, layer by layer. */
import onnxProto from "onnx-proto";
import { randomForest } from "./forest.ts";

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
const { DataType } = onnx.TensorProto;

export interface ModelWriter {
  /** The tensor that the next layer reads. */
  readonly tensor: string;
  readonly shape: readonly number[];
  readonly params: number;
  readonly macs: number;
  /** Continues from an earlier tensor. */
  from(tensor: string, shape: readonly number[]): void;
  dense(outputs: number): void;
  /** Padded so that stride 1 keeps the size. */
  conv(channels: number, kernel: number, stride: number, groups?: number): void;
  relu(): void;
  /** min(max(x, 0), 6) */
  relu6(): void;
  maxPool(size: number): void;
  globalAveragePool(): void;
  flatten(): void;
  add(other: string): void;
  /** Over the last axis, with random weights. */
  layerNorm(): void;
  /** Of the last axis, for tokens in rows. */
  tokenDense(outputs: number): void;
  gelu(): void;
  /** Self-attention over [tokens, width], with its projection; a token sees itself and those before it. */
  causalAttention(heads: number): void;
  /** Full trees of one output. */
  trees(count: number, depth: number): void;
  encode(): Uint8Array;
}

const OPSET = 20;
/** Added to scores that a token must not see. */
const MASKED_SCORE = -1e9;

/** Uniform in [-1, 1): xorshift, 32 bits of state. */
export function uniform(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state | 0) / 2 ** 31;
  };
}

/** `inputShape` without the batch axis. Weights keep the variance of activations through ReLU (He et al., 2015). */
export function modelWriter(name: string, inputShape: readonly number[], seed: number): ModelWriter {
  const random = uniform(seed);
  const nodes: onnxProto.onnx.INodeProto[] = [];
  const initializers: onnxProto.onnx.ITensorProto[] = [];
  const writer = {
    tensor: "input",
    shape: inputShape,
    params: 0,
    macs: 0,
    from(tensor: string, shape: readonly number[]): void {
      writer.tensor = tensor;
      writer.shape = shape;
    },
    dense(outputs: number): void {
      const [inputs] = writer.shape;
      node("Gemm", [weights([inputs, outputs], inputs), bias(outputs)], [outputs]);
      writer.macs += inputs * outputs;
    },
    conv(channels: number, kernel: number, stride: number, groups = 1): void {
      const [inputs, height, width] = writer.shape;
      const out = (size: number): number => Math.floor((size - 1) / stride) + 1;
      const fanIn = (inputs / groups) * kernel * kernel;
      const before = Math.floor((kernel - 1) / 2);
      const after = kernel - 1 - before;
      const shape = [channels, out(height), out(width)];
      node("Conv", [weights([channels, inputs / groups, kernel, kernel], fanIn), bias(channels)], shape, {
        kernel_shape: [kernel, kernel],
        strides: [stride, stride],
        pads: [before, before, after, after],
        group: groups,
      });
      writer.macs += fanIn * shape[0] * shape[1] * shape[2];
    },
    relu: () => node("Relu", [], writer.shape),
    relu6: () => node("Clip", [initializer([], Float32Array.of(0)), initializer([], Float32Array.of(6))], writer.shape),
    maxPool(size: number): void {
      const [channels, height, width] = writer.shape;
      node("MaxPool", [], [channels, height / size, width / size], {
        kernel_shape: [size, size],
        strides: [size, size],
      });
    },
    globalAveragePool: () => node("GlobalAveragePool", [], [writer.shape[0], 1, 1]),
    flatten: () => node("Flatten", [], [writer.shape.reduce((product, size) => product * size)]),
    add: (other: string) => node("Add", [other], writer.shape),
    trees(count: number, depth: number): void {
      const forest = randomForest(count, depth, writer.shape[0], random);
      node("TreeEnsembleRegressor", [], [1], { ...forest.ints, n_targets: 1 });
      const last = nodes[nodes.length - 1];
      last.domain = "ai.onnx.ml";
      last.attribute?.push(
        ...Object.entries(forest.floats).map(([name, floats]) => ({
          name,
          type: AttributeType.FLOATS,
          floats: [...floats],
        })),
        ...Object.entries(forest.strings).map(([name, strings]) => ({
          name,
          type: AttributeType.STRINGS,
          strings: strings.map((text) => new TextEncoder().encode(text)),
        })),
      );
      writer.params += forest.params;
    },
    layerNorm(): void {
      const width = writer.shape.at(-1) as number;
      node("LayerNormalization", [parameter([width], () => 1 + 0.1 * random()), bias(width)], writer.shape, {
        axis: -1,
      });
    },
    tokenDense(outputs: number): void {
      const [tokens, width] = writer.shape;
      node("MatMul", [weights([width, outputs], width)], [tokens, outputs]);
      node("Add", [bias(outputs)], writer.shape);
      writer.macs += tokens * width * outputs;
    },
    gelu: () => node("Gelu", [], writer.shape),
    causalAttention(heads: number): void {
      const { tensor: source, shape } = writer;
      const [tokens, width] = shape;
      const size = width / heads;
      const byHead = (perm: readonly number[], split: readonly number[]): string => {
        writer.from(source, shape);
        writer.tokenDense(width);
        reshape([tokens, heads, size]);
        node("Transpose", [], split, { perm });
        return writer.tensor;
      };
      const values = byHead([0, 2, 1, 3], [heads, tokens, size]);
      const keys = byHead([0, 2, 3, 1], [heads, size, tokens]);
      byHead([0, 2, 1, 3], [heads, tokens, size]);
      node("MatMul", [keys], [heads, tokens, tokens]);
      node("Mul", [initializer([], Float32Array.of(1 / Math.sqrt(size)))], writer.shape);
      const later = Float32Array.from({ length: tokens ** 2 }, (_, i) =>
        i % tokens > Math.floor(i / tokens) ? MASKED_SCORE : 0,
      );
      node("Add", [initializer([tokens, tokens], later)], writer.shape);
      node("Softmax", [], writer.shape, { axis: -1 });
      node("MatMul", [values], [heads, tokens, size]);
      node("Transpose", [], [tokens, heads, size], { perm: [0, 2, 1, 3] });
      reshape(shape);
      writer.tokenDense(width);
      writer.macs += 2 * tokens * tokens * width;
    },
    encode(): Uint8Array {
      return onnx.ModelProto.encode({
        irVersion: 8,
        producerName: "gavel bench",
        opsetImport: [
          { domain: "", version: OPSET },
          { domain: "ai.onnx.ml", version: 3 },
        ],
        graph: {
          name,
          node: nodes,
          input: [valueProto("input", inputShape)],
          output: [valueProto(writer.tensor, writer.shape)],
          initializer: initializers,
        },
      }).finish();
    },
  };

  function node(
    opType: string,
    inputs: readonly string[],
    shape: readonly number[],
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
  ): void {
    const output = `t${nodes.length}`;
    nodes.push({
      name: `${opType}_${nodes.length}`,
      opType,
      input: [writer.tensor, ...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([key, value]) =>
        typeof value === "number"
          ? { name: key, type: AttributeType.INT, i: value }
          : { name: key, type: AttributeType.INTS, ints: [...value] },
      ),
    });
    writer.from(output, shape);
  }

  /** Uniform values with variance 2 / fanIn. */
  function weights(shape: readonly number[], fanIn: number): string {
    const bound = Math.sqrt(6 / fanIn);
    return parameter(shape, () => bound * random());
  }

  const bias = (count: number): string => parameter([count], () => 0.1 * random());

  function parameter(shape: readonly number[], value: () => number): string {
    const values = Float32Array.from({ length: shape.reduce((product, size) => product * size) }, value);
    writer.params += values.length;
    return initializer(shape, values);
  }

  function reshape(shape: readonly number[]): void {
    const name = `p${initializers.length}`;
    const sizes = BigInt64Array.from([1, ...shape], BigInt);
    initializers.push({ name, dims: [sizes.length], dataType: DataType.INT64, rawData: new Uint8Array(sizes.buffer) });
    node("Reshape", [name], shape);
  }

  function initializer(shape: readonly number[], values: Float32Array<ArrayBuffer>): string {
    const name = `p${initializers.length}`;
    initializers.push({ name, dims: [...shape], dataType: DataType.FLOAT, rawData: new Uint8Array(values.buffer) });
    return name;
  }

  return writer;
}

function valueProto(name: string, shape: readonly number[]): onnxProto.onnx.IValueInfoProto {
  const dim = [1, ...shape].map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: DataType.FLOAT, shape: { dim } } } };
}
