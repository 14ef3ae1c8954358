/**
 * Static quantization by onnxruntime: an operator on quantized tensors is the operator on what they stand for, with `DequantizeLinear`
 * before and `QuantizeLinear` behind it.
 */
import type { GraphNode } from "../../graph.ts";
import { tensor } from "../../tensor.ts";
import { type Expansion, type Known, refuse } from "../expansion.ts";
import { Dequantized } from "./dequantized.ts";
import { type Attributes, int, isGiven, MICROSOFT, numberOf, type ReplacedNode, typeOf } from "./replaced-node.ts";

const STATIC = "constant scales and zero points";

const ofTwo = (op: string, real: string): ReplacedNode => ({
  op,
  domain: MICROSOFT,
  takes: `as ${real}; ${STATIC}`,
  expand: (node) => {
    const made = new Dequantized(node);
    return made.result(made.add(real, [made.operand(0), made.operand(3)]), 6);
  },
});

const ofOne = (
  op: string,
  real: string,
  attributesOf: (node: GraphNode, known: Known) => Attributes = ({ attributes }) => attributes,
): ReplacedNode => ({
  op,
  domain: MICROSOFT,
  takes: `as ${real}; ${STATIC}`,
  expand: (node, known) => {
    const made = new Dequantized(node);
    return made.result(made.add(real, [made.operand(0)], attributesOf(node, known)), 3);
  },
});

/** With channels last, between two transpositions. */
const pooling = (op: string, real: string): ReplacedNode => ({
  op,
  domain: MICROSOFT,
  takes: `as ${real}; channels first or last; ${STATIC}`,
  expand: (node, known) => {
    const made = new Dequantized(node);
    const { channels_last: last, ...attributes } = node.attributes;
    if (numberOf(last, 0) === 0) return made.result(made.add(real, [made.operand(0)], attributes), 3);
    const rank = typeOf(node, 0, known).shape.length;
    const pooled = made.add(real, [made.channelsFirst(made.operand(0), rank)], attributes);
    return made.result(made.channelsLast(pooled, rank), 3);
  },
});

/** Before operator set 13, Softmax runs over all axes from `axis` on. */
function softmaxAxis(node: GraphNode, { types }: Known): Attributes {
  const rank = types.get(node.inputs[0])?.shape.length ?? 0;
  const axis = numberOf(node.attributes.axis, -1);
  if (numberOf(node.attributes.opset, 13) < 13 && axis !== -1 && axis !== rank - 1)
    refuse(node, "a Softmax over several axes", "convert the model to operator set 13 before it is quantized");
  return { axis: int(axis) };
}

function expandConcat(node: GraphNode): Expansion {
  const made = new Dequantized(node);
  const count = (node.inputs.length - 2) / 3;
  const operands = Array.from({ length: count }, (_, i) => made.operand(2 + 3 * i));
  return made.result(made.add("Concat", operands, node.attributes), 0);
}

function expandWhere(node: GraphNode): Expansion {
  const made = new Dequantized(node);
  return made.result(made.add("Where", [node.inputs[0], made.operand(1), made.operand(4)]), 7);
}

/** alpha·(A'·B' + C) with C in units of both scales; a result without a scale stays real. */
function expandGemm(node: GraphNode, { constants }: Known): Expansion {
  const made = new Dequantized(node);
  const { alpha, transB } = node.attributes;
  const operands = [made.operand(0), made.operand(3, numberOf(transB, 0) !== 0 ? 0 : 1)];
  if (isGiven(node, 6)) {
    const [a, b] = [constants.get(node.inputs[1]), constants.get(node.inputs[4])];
    if (!a || !b) refuse(node, "a scale is computed from the model's input", "quantize the model with static scales");
    const units = b.data.map((scale) => numberOf(alpha, 1) * a.data[0] * scale);
    const shape = units.length === 1 ? [] : [units.length];
    const scale = made.constant("units", tensor(shape, units));
    operands.push(made.add("DequantizeLinear", [node.inputs[6], scale], { axis: int(0) }));
  }
  if (isGiven(node, 7)) return made.result(made.add("Gemm", operands, node.attributes), 7);
  made.add("Gemm", operands, node.attributes, node.outputs[0]);
  return made;
}

export const QUANTIZED_NODES: readonly ReplacedNode[] = [
  ofTwo("QLinearAdd", "Add"),
  ofTwo("QLinearMul", "Mul"),
  ofOne("QLinearSigmoid", "Sigmoid"),
  ofOne("QLinearLeakyRelu", "LeakyRelu"),
  ofOne("QLinearSoftmax", "Softmax", softmaxAxis),
  ofOne("QLinearReduceMean", "ReduceMean"),
  pooling("QLinearGlobalAveragePool", "GlobalAveragePool"),
  pooling("QLinearAveragePool", "AveragePool"),
  { op: "QLinearConcat", domain: MICROSOFT, takes: `as Concat; ${STATIC}`, expand: expandConcat },
  { op: "QLinearWhere", domain: MICROSOFT, takes: `as Where; ${STATIC}`, expand: expandWhere },
  { op: "QGemm", domain: MICROSOFT, takes: `as Gemm; ${STATIC}, by column of constants`, expand: expandGemm },
];
