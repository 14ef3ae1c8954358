/**
 * What onnxruntime's quantizer writes beyond ONNX (com.microsoft), replaced by operators of ONNX.
 *
 * Static quantization: an operator on quantized tensors is the operator on what they stand for, with `DequantizeLinear` before and
 * `QuantizeLinear` behind it. Source: onnxruntime, docs/ContribOperators.md.
 *
 * Dynamic quantization: `DynamicQuantizeLinear` takes its scale from the values of one input, where a circuit has constant scales. The
 * tensor stays real, with the scale 1 and the zero point 0: what follows multiplies it by the dequantized weights, and it is calibrated
 * as every tensor is.
 */
import type { AttributeValue, GraphNode } from "../graph.ts";
import { tensor } from "../tensor.ts";
import { type Expansion, type Known, MadeNodes, refuse } from "./expansion.ts";

export interface QuantizedNode {
  readonly op: string;
  /** "" for ai.onnx. */
  readonly domain: string;
  /** For docs/onnx-operators.gen.md. */
  readonly takes: string;
  readonly expand: (node: GraphNode, known: Known) => Expansion;
}

/** Nodes in the place of a quantized one. */
class Real extends MadeNodes {
  readonly #inputs: readonly string[];
  readonly #output: string;

  constructor(node: GraphNode) {
    super(node);
    this.#inputs = node.inputs;
    [this.#output] = node.outputs;
  }

  /** What inputs at, at + 1 and at + 2, a tensor with scale and zero point, stand for. */
  operand(at: number, axis?: number): string {
    const attributes: GraphNode["attributes"] = axis === undefined ? {} : { axis: { kind: "int", value: axis } };
    return this.add("DequantizeLinear", this.#given(at, 3), attributes);
  }

  /** The node's output: x on the grid of the scale at input `at` and the zero point behind it. */
  result(x: string, at: number): this {
    this.add("QuantizeLinear", [x, ...this.#given(at, 2)], {}, this.#output);
    return this;
  }

  #given(at: number, count: number): string[] {
    const names = Array.from({ length: count }, (_, i) => this.#inputs[at + i] ?? "");
    return names.at(-1) === "" ? names.slice(0, -1) : names;
  }
}

const STATIC = "constant scales and zero points";

const ofTwo = (op: string, real: string): QuantizedNode => ({
  op,
  domain: "com.microsoft",
  takes: `as ${real}; ${STATIC}`,
  expand: (node) => {
    const made = new Real(node);
    return made.result(made.add(real, [made.operand(0), made.operand(3)]), 6);
  },
});

const ofOne = (
  op: string,
  real: string,
  attributesOf: (node: GraphNode, known: Known) => GraphNode["attributes"] = ({ attributes }) => attributes,
): QuantizedNode => ({
  op,
  domain: "com.microsoft",
  takes: `as ${real}; ${STATIC}`,
  expand: (node, known) => {
    const made = new Real(node);
    return made.result(made.add(real, [made.operand(0)], attributesOf(node, known)), 3);
  },
});

function channelsFirst(node: GraphNode): GraphNode["attributes"] {
  const { channels_last: last, ...attributes } = node.attributes;
  if (numberOf(last, 0) !== 0) refuse(node, "the channels come last", "quantize the model with channels first");
  return attributes;
}

/** Before operator set 13, Softmax runs over all axes from `axis` on. */
function softmaxAxis(node: GraphNode, { types }: Known): GraphNode["attributes"] {
  const rank = types.get(node.inputs[0])?.shape.length ?? 0;
  const axis = numberOf(node.attributes.axis, -1);
  if (numberOf(node.attributes.opset, 13) < 13 && axis !== -1 && axis !== rank - 1)
    refuse(node, "a Softmax over several axes", "convert the model to operator set 13 before it is quantized");
  return { axis: { kind: "int", value: axis } };
}

function expandConcat(node: GraphNode): Expansion {
  const made = new Real(node);
  const count = (node.inputs.length - 2) / 3;
  const operands = Array.from({ length: count }, (_, i) => made.operand(2 + 3 * i));
  return made.result(made.add("Concat", operands, node.attributes), 0);
}

/** alpha·(A'·B' + C) with C in units of both scales; a result without a scale stays real. */
function expandGemm(node: GraphNode, { constants }: Known): Expansion {
  const made = new Real(node);
  const { alpha, transB } = node.attributes;
  const operands = [made.operand(0), made.operand(3, numberOf(transB, 0) !== 0 ? 0 : 1)];
  const bias = node.inputs[6] ?? "";
  if (bias !== "") {
    const [a, b] = [constants.get(node.inputs[1]), constants.get(node.inputs[4])];
    if (!a || !b) refuse(node, "a scale is computed from the model's input", "quantize the model with static scales");
    const units = b.data.map((scale) => numberOf(alpha, 1) * a.data[0] * scale);
    const shape = units.length === 1 ? [] : [units.length];
    operands.push(made.add("DequantizeLinear", [bias, made.constant("units", tensor(shape, units))]));
  }
  if ((node.inputs[7] ?? "") !== "") return made.result(made.add("Gemm", operands, node.attributes), 7);
  made.add("Gemm", operands, node.attributes, node.outputs[0]);
  return made;
}

/** Real from its input to what reads it. */
function expandDynamic(node: GraphNode): Expansion {
  const made = new MadeNodes(node);
  const [integers, scale, zero] = node.outputs;
  made.alias(node.inputs[0], integers);
  made.constants.set(scale, tensor([], Float64Array.of(1)));
  made.constants.set(zero, tensor([], Float64Array.of(0), "uint8"));
  return made;
}

export const QUANTIZED_NODES: readonly QuantizedNode[] = [
  {
    op: "DynamicQuantizeLinear",
    domain: "",
    takes: "as Identity: the tensor stays real, and is calibrated as every tensor is",
    expand: expandDynamic,
  },
  ofTwo("QLinearAdd", "Add"),
  ofTwo("QLinearMul", "Mul"),
  ofOne("QLinearSigmoid", "Sigmoid"),
  ofOne("QLinearLeakyRelu", "LeakyRelu"),
  ofOne("QLinearSoftmax", "Softmax", softmaxAxis),
  ofOne("QLinearGlobalAveragePool", "GlobalAveragePool", channelsFirst),
  ofOne("QLinearAveragePool", "AveragePool", channelsFirst),
  { op: "QLinearConcat", domain: "com.microsoft", takes: `as Concat; ${STATIC}`, expand: expandConcat },
  { op: "QGemm", domain: "com.microsoft", takes: `as Gemm; ${STATIC}, by column of constants`, expand: expandGemm },
];

const BY_NAME = new Map(QUANTIZED_NODES.map((item) => [`${item.domain}::${item.op}`, item]));

/** Undefined for every other operator. */
export function expandQuantized(node: GraphNode, known: Known): Expansion | undefined {
  return BY_NAME.get(`${node.domain}::${node.op}`)?.expand(node, known);
}

function numberOf(attribute: AttributeValue | undefined, fallback: number): number {
  return attribute?.kind === "int" || attribute?.kind === "float" ? attribute.value : fallback;
}
