/** What onnxruntime's optimizer fuses: several operators of ONNX in one node, taken apart again. */
import type { GraphNode } from "../../graph.ts";
import { int64, tensor } from "../../tensor.ts";
import { type Expansion, type Known, MadeNodes, refuse } from "../expansion.ts";
import {
  type Attributes,
  float,
  int,
  isGiven,
  isReadAt,
  MICROSOFT,
  numberOf,
  type ReplacedNode,
  typeOf,
} from "./replaced-node.ts";

/** Parameters of an activation in the order of the fused node, by the operator's attributes. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  Softplus: [],
  Softsign: [],
  Elu: ["alpha"],
  LeakyRelu: ["alpha"],
  ThresholdedRelu: ["alpha"],
  HardSigmoid: ["alpha", "beta"],
  Clip: ["min", "max"],
};

/** The activation of a fused node, with the operator's own defaults where a parameter is left out. */
function activated(made: MadeNodes, x: string, node: GraphNode, parameters: readonly (number | undefined)[]): string {
  const { activation } = node.attributes;
  if (activation?.kind !== "string" || activation.value === "") return x;
  const op = activation.value;
  const names = PARAMETERS[op];
  if (names === undefined)
    refuse(node, `the activation ${op}`, "write the model without onnxruntime's graph optimizations");
  if (op === "Clip") {
    const bounds = names.map((name, i) => made.constant(name, tensor([], Float64Array.of(parameters[i] ?? 0))));
    // Bounds are attributes before operator set 11, inputs since.
    return made.add("Clip", [x, ...bounds], { min: float(parameters[0] ?? 0), max: float(parameters[1] ?? 0) });
  }
  const given = names.flatMap((name, i) => {
    const value = parameters[i];
    return value === undefined ? [] : [[name, float(value)] as const];
  });
  return made.add(op, [x], Object.fromEntries(given));
}

function expandConv(node: GraphNode): Expansion {
  const made = new MadeNodes(node);
  const { activation: _, activation_params: parameters, ...attributes } = node.attributes;
  const sum = made.sum(made.add("Conv", node.inputs.slice(0, 3), attributes), node.inputs[3]);
  return made.named(activated(made, sum, node, parameters?.kind === "floats" ? parameters.value : []));
}

function expandGemm(node: GraphNode): Expansion {
  const made = new MadeNodes(node);
  const { alpha, beta, transA, transB, ...rest } = node.attributes;
  const present = Object.entries({ alpha, beta, transA, transB }).filter(([, value]) => value !== undefined);
  const product = made.add("Gemm", node.inputs, Object.fromEntries(present) as Attributes);
  const parameters = ["activation_alpha", "activation_beta"].map((name) =>
    rest[name] === undefined ? undefined : numberOf(rest[name], 0),
  );
  return made.named(activated(made, product, node, parameters));
}

/** alpha · A' · B', where the last two axes of each, or the first one and the row axis, may be exchanged. */
function expandMatMul(node: GraphNode, known: Known): Expansion {
  const made = new MadeNodes(node);
  const operands = ["A", "B"].map((label, at) => {
    const rank = typeOf(node, at, known).shape.length;
    const isOn = (name: string): boolean => numberOf(node.attributes[`${name}${label}`], 0) !== 0;
    if (rank < 2) return node.inputs[at];
    const order = Array.from({ length: rank }, (_, axis) => axis);
    if (isOn("transBatch")) order.splice(rank - 2, 0, ...order.splice(0, 1));
    if (isOn("trans")) order.push(...order.splice(rank - 2, 1));
    return order.every((axis, i) => axis === i) ? node.inputs[at] : made.transposed(node.inputs[at], order);
  });
  const product = made.add("MatMul", operands);
  const alpha = numberOf(node.attributes.alpha, 1);
  if (alpha === 1) return made.named(product);
  return made.named(made.add("Mul", [product, made.constant("alpha", tensor([], Float64Array.of(alpha)))]));
}

/** Gelu of a sum, exact or by tanh. */
const gelu = (op: string, approximate: "none" | "tanh"): ReplacedNode => ({
  op,
  domain: MICROSOFT,
  takes: approximate === "none" ? "as Gelu, of the sum with a bias" : "as Gelu by tanh, of the sum with a bias",
  expand: (node) => {
    const made = new MadeNodes(node);
    const sum = made.sum(node.inputs[0], node.inputs[1]);
    return made.named(made.add("Gelu", [sum], { approximate: { kind: "string", value: approximate } }));
  },
});

/** x · sigmoid(alpha · x) */
function expandQuickGelu(node: GraphNode): Expansion {
  const made = new MadeNodes(node);
  const [x] = node.inputs;
  const alpha = made.constant("alpha", tensor([], Float64Array.of(numberOf(node.attributes.alpha, QUICK_GELU_ALPHA))));
  return made.named(made.add("Mul", [x, made.add("Sigmoid", [made.add("Mul", [x, alpha])])]));
}
const QUICK_GELU_ALPHA = 1.702;

/** (x + skip + bias) normalized over the last axis; the sum is the fourth result. */
const skipNormalization = (op: string, real: string, biasAt: number): ReplacedNode => ({
  op,
  domain: MICROSOFT,
  takes: `Add and ${real}; mean and deviation are not outputs`,
  expand: (node) => {
    const made = new MadeNodes(node);
    const [x, skip] = node.inputs;
    const sum = made.sum(made.add("Add", [x, skip]), node.inputs[biasAt]);
    if (isReadAt(node, 1) || isReadAt(node, 2))
      refuse(node, "the mean or the deviation is an output", "write the model without the statistics");
    made.named(sum, 3);
    return made.named(normalized(made, real, sum, node, node.inputs.slice(2, biasAt)));
  },
});

function normalized(made: MadeNodes, op: string, x: string, node: GraphNode, parameters: readonly string[]): string {
  const epsilon = float(numberOf(node.attributes.epsilon, op === "LayerNormalization" ? 1e-12 : 1e-5));
  const given = parameters.filter((name) => name !== "");
  return made.add(op, [x, ...given], { axis: int(-1), epsilon });
}

function expandSimplified(node: GraphNode): Expansion {
  if (isReadAt(node, 1)) refuse(node, "the deviation is an output", "write the model without the statistics");
  const made = new MadeNodes(node);
  const { axis, epsilon } = node.attributes;
  return made.named(
    made.add("RMSNormalization", node.inputs, {
      axis: int(numberOf(axis, -1)),
      epsilon: float(numberOf(epsilon, 1e-5)),
    }),
  );
}

/** Sums of rows of three tables, normalized. */
function expandEmbeddings(node: GraphNode, known: Known): Expansion {
  const made = new MadeNodes(node);
  const [tokens, segments, words, positions, segmentTable, gamma, beta, , places] = node.inputs;
  if (isReadAt(node, 1))
    refuse(node, "the lengths of masks are an output", "optimize the model with use_raw_attention_mask");
  const length = typeOf(node, 0, known).shape[1];
  const counted = Array.from({ length }, (_, i) => i);
  const at = (places ?? "") === "" ? made.constant("positions", int64([1, length], counted)) : places;
  const rows = [made.add("Gather", [words, tokens]), made.add("Gather", [positions, at])];
  if (isGiven(node, 1) && isGiven(node, 4)) rows.push(made.add("Gather", [segmentTable, segments]));
  const sum = rows.reduce((left, right) => made.add("Add", [left, right]));
  made.named(sum, 2);
  return made.named(normalized(made, "LayerNormalization", sum, node, [gamma, beta]));
}

export const FUSED_NODES: readonly ReplacedNode[] = [
  { op: "FusedConv", domain: MICROSOFT, takes: "as Conv, Add and an activation", expand: expandConv },
  { op: "FusedGemm", domain: MICROSOFT, takes: "as Gemm and an activation", expand: expandGemm },
  { op: "FusedMatMul", domain: MICROSOFT, takes: "as Transpose, MatMul and Mul", expand: expandMatMul },
  { op: "TransposeMatMul", domain: MICROSOFT, takes: "as Transpose, MatMul and Mul", expand: expandMatMul },
  gelu("Gelu", "none"),
  gelu("BiasGelu", "none"),
  gelu("FastGelu", "tanh"),
  { op: "QuickGelu", domain: MICROSOFT, takes: "as Sigmoid and Mul", expand: expandQuickGelu },
  skipNormalization("SkipLayerNormalization", "LayerNormalization", 4),
  skipNormalization("SkipSimplifiedLayerNormalization", "RMSNormalization", 3),
  { op: "SimplifiedLayerNormalization", domain: "", takes: "as RMSNormalization", expand: expandSimplified },
  {
    op: "EmbedLayerNormalization",
    domain: MICROSOFT,
    takes: "Gather of each table, Add and LayerNormalization; no lengths of masks",
    expand: expandEmbeddings,
  },
];
