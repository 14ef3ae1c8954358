/**
 * Dynamic quantization by onnxruntime: `DynamicQuantizeLinear` takes its scale from the values of one input, where a circuit has constant
 * scales. The tensor stays real, with the scale 1 and the zero point 0: what follows multiplies it by the dequantized weights, and it is
 * calibrated as every tensor is.
 */
import type { GraphNode } from "../../graph.ts";
import { type Tensor, tensor } from "../../tensor.ts";
import { type Expansion, type Known, MadeNodes, refuse } from "../expansion.ts";
import { Dequantized } from "./dequantized.ts";
import { MICROSOFT, type ReplacedNode, typeOf } from "./replaced-node.ts";

const REAL = "what is quantized while running stays real, and is calibrated as every tensor is";

/** Real from its input to what reads it. */
function expandQuantize(node: GraphNode): Expansion {
  const made = new MadeNodes(node);
  const [integers, scale, zero] = node.outputs;
  made.alias(node.inputs[0], integers);
  made.constants.set(scale, tensor([], Float64Array.of(1)));
  made.constants.set(zero, tensor([], Float64Array.of(0), "uint8"));
  return made;
}

/** A · B' + bias, with B' by tensor or by column. */
function expandMatMul(node: GraphNode, known: Known): Expansion {
  const made = new Dequantized(node);
  const weights = made.dequantized(1, 2, 3, typeOf(node, 1, known).shape.length - 1);
  return made.named(made.sum(made.add("MatMul", [node.inputs[0], weights]), node.inputs[4]));
}

/** A' · B' + bias. */
function expandToFloat(node: GraphNode, known: Known): Expansion {
  const made = new Dequantized(node);
  const left = made.dequantizedOrReal(0, 2, 4, known);
  const right = made.dequantized(1, 3, 5, typeOf(node, 1, known).shape.length - 1);
  return made.named(made.sum(made.add("MatMul", [left, right]), node.inputs[6]));
}

function expandLstm(node: GraphNode, { constants }: Known): Expansion {
  const made = new MadeNodes(node);
  const weights = (at: number, scaleAt: number, label: string): string => {
    const [values, scales] = [at, scaleAt].map((index) => constants.get(node.inputs[index] ?? ""));
    if (!values || !scales)
      refuse(node, "weights are computed from the model's input", "make the weights constants of the model");
    return made.constant(label, transposedWeights(values, scales, constants.get(node.inputs[scaleAt + 1] ?? "")));
  };
  const [x, , , ...others] = node.inputs;
  made.addAll("LSTM", [x, weights(1, 8, "W"), weights(2, 10, "R"), ...others.slice(0, 5)], node.attributes);
  return made;
}

/** From [directions, inputs, rows], with a scale for each direction or for each row of it, to [directions, rows, inputs]. */
function transposedWeights({ shape, data }: Tensor, scales: Tensor, zeros: Tensor | undefined): Tensor {
  const [directions, inputs, rows] = shape;
  const perDirection = scales.data.length / directions;
  const real = new Float64Array(data.length);
  for (let d = 0; d < directions; d++)
    for (let row = 0; row < rows; row++) {
      const at = d * perDirection + (perDirection === 1 ? 0 : row);
      for (let i = 0; i < inputs; i++)
        real[(d * rows + row) * inputs + i] =
          (data[(d * inputs + i) * rows + row] - (zeros?.data[at] ?? 0)) * scales.data[at];
    }
  return tensor([directions, rows, inputs], real);
}

export const DYNAMIC_NODES: readonly ReplacedNode[] = [
  { op: "DynamicQuantizeLinear", domain: "", takes: `as Identity: ${REAL}`, expand: expandQuantize },
  { op: "DynamicQuantizeMatMul", domain: MICROSOFT, takes: `as MatMul and Add: ${REAL}`, expand: expandMatMul },
  {
    op: "MatMulIntegerToFloat",
    domain: MICROSOFT,
    takes: "as MatMul and Add of what the integers stand for",
    expand: expandToFloat,
  },
  { op: "DynamicQuantizeLSTM", domain: MICROSOFT, takes: `as LSTM: ${REAL}`, expand: expandLstm },
];
