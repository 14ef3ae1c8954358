/**
 * Attention of onnxruntime, from one tensor or from three, becomes the operator of ONNX; that one, where a mask is computed, scores are
 * capped, or keys and values are results, becomes products and a softmax.
 */
import type { GraphNode } from "../../graph.ts";
import { int64, type Tensor, tensor } from "../../tensor.ts";
import { type Expansion, type Known, MadeNodes, refuse } from "../expansion.ts";
import { Dequantized } from "./dequantized.ts";
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

const BOOL = 9;

/** softmax(cap(scale · Q K^T) + mask) V on tensors of the shape [batch, heads, tokens, size]. */
export function expandOnnxAttention(node: GraphNode, known: Known): Expansion | undefined {
  if (node.op !== "Attention" || node.domain !== "") return undefined;
  const isPlain =
    numberOf(node.attributes.softcap, 0) === 0 &&
    !isReadAt(node, 1) &&
    !isReadAt(node, 2) &&
    (!isGiven(node, 3) || known.constants.has(node.inputs[3]));
  if (isPlain || isGiven(node, 4) || isGiven(node, 6) || isReadAt(node, 3)) return undefined;
  const made = new MadeNodes(node);
  const heads = (at: number, attribute: string) => byHeads(made, node, at, attribute, known);
  const [q, k, v] = [heads(0, "q_num_heads"), heads(1, "kv_num_heads"), heads(2, "kv_num_heads")];
  made.named(k.name, 1);
  made.named(v.name, 2);
  const [batch, count, tokens, size] = q.shape;
  const scale = numberOf(node.attributes.scale, 1 / Math.sqrt(size));
  const keys = made.transposed(repeated(made, k, count), [0, 1, 3, 2]);
  let scores = made.scaled(made.add("MatMul", [q.name, keys]), scale);
  const cap = numberOf(node.attributes.softcap, 0);
  if (cap !== 0) scores = made.scaled(made.add("Tanh", [made.scaled(scores, 1 / cap)]), cap);
  if (isGiven(node, 3)) scores = masked(made, scores, node.inputs[3], known);
  if (numberOf(node.attributes.is_causal, 0) !== 0)
    scores = made.add("Add", [scores, made.constant("causal", causalMask(tokens, k.shape[2]))]);
  const shares = made.add("Softmax", [scores], { axis: int(-1) });
  const mixed = made.add("MatMul", [shares, repeated(made, v, count)]);
  if (typeOf(node, 0, known).shape.length === 4) return made.named(mixed);
  const merged = made.transposed(mixed, [0, 2, 1, 3]);
  return made.named(made.reshaped(merged, [batch, tokens, count * v.shape[3]]));
}

interface Heads {
  readonly name: string;
  /** [batch, heads, tokens, size] */
  readonly shape: readonly number[];
}

function byHeads(made: MadeNodes, node: GraphNode, at: number, attribute: string, known: Known): Heads {
  const { shape } = typeOf(node, at, known);
  if (shape.length === 4) return { name: node.inputs[at], shape };
  const count = numberOf(node.attributes[attribute], 0);
  const [batch, tokens, width] = shape;
  if (shape.length !== 3 || count < 1 || width % count !== 0)
    refuse(node, `[${shape}] does not divide into ${count} heads (${attribute})`, "export the model again");
  const size = width / count;
  const split = made.reshaped(node.inputs[at], [batch, tokens, count, size]);
  return { name: made.transposed(split, [0, 2, 1, 3]), shape: [batch, count, tokens, size] };
}

/** Every head of keys or values as often as heads of queries read it. */
function repeated(made: MadeNodes, { name, shape }: Heads, count: number): string {
  const [batch, own, tokens, size] = shape;
  if (own === count) return name;
  const target = [batch, own, count / own, tokens, size];
  const shapeOfAll = made.constant(`repeated ${target}`, int64([5], target));
  const all = made.add("Expand", [made.reshaped(name, [batch, own, 1, tokens, size]), shapeOfAll]);
  return made.reshaped(all, [batch, count, tokens, size]);
}

/** A mask of truth values keeps scores, one of numbers is added to them. */
function masked(made: MadeNodes, scores: string, mask: string, { types }: Known): string {
  if (types.get(mask)?.dtype !== "bool") return made.add("Add", [scores, mask]);
  return made.add("Where", [mask, scores, made.constant("masked", tensor([], Float64Array.of(-Infinity)))]);
}

function causalMask(tokens: number, keys: number): Tensor {
  const data = Float64Array.from({ length: tokens * keys }, (_, i) =>
    i % keys > Math.floor(i / keys) ? -Infinity : 0,
  );
  return tensor([tokens, keys], data);
}

/** Keys that a mask of onnxruntime lets be read, as truth values [batch, 1, 1 or tokens, keys]: numbers 0 and 1, or lengths. */
function allowedKeys(made: MadeNodes, node: GraphNode, at: number, keys: number, known: Known): string {
  const { shape } = typeOf(node, at, known);
  if (shape.length === 1) {
    const lengths = known.constants.get(node.inputs[at]);
    if (lengths === undefined || lengths.data.length !== 1)
      refuse(node, "the mask is a list of lengths", "optimize the model with use_raw_attention_mask");
    const data = Float64Array.from({ length: keys }, (_, i) => (i < lengths.data[0] ? 1 : 0));
    return made.constant("allowed", tensor([1, 1, 1, keys], data, "bool"));
  }
  if (shape.length > 3) refuse(node, `a mask of the shape [${shape}]`, "give a mask of two or three axes");
  const [batch, tokens] = shape.length === 2 ? [shape[0], 1] : shape;
  const bits = made.add("Cast", [node.inputs[at]], { to: int(BOOL) });
  return made.reshaped(bits, [batch, 1, tokens, shape[shape.length - 1]]);
}

/** The operator of ONNX on [batch, tokens, heads · size], with the mask and the bias of the node where they are. */
function attend(made: MadeNodes, node: GraphNode, [q, k, v]: readonly string[], mask: string): MadeNodes {
  const heads = int(numberOf(node.attributes.num_heads, 0));
  const { scale, unidirectional } = node.attributes;
  const attributes: Attributes = {
    q_num_heads: heads,
    kv_num_heads: heads,
    is_causal: int(numberOf(unidirectional, 0)),
    ...(numberOf(scale, 0) === 0 ? {} : { scale: float(numberOf(scale, 0)) }),
  };
  return made.named(made.add("Attention", mask === "" ? [q, k, v] : [q, k, v, mask], attributes));
}

function maskOf(made: MadeNodes, node: GraphNode, maskAt: number, biasAt: number, keys: number, known: Known): string {
  if (!isGiven(node, maskAt)) return node.inputs[biasAt] ?? "";
  if (isGiven(node, biasAt)) refuse(node, "a mask and a bias of the scores", "add the mask to the bias");
  return allowedKeys(made, node, maskAt, keys, known);
}

function refusePast(node: GraphNode, pastAt: number): void {
  if (isGiven(node, pastAt) || isReadAt(node, 1))
    refuse(node, "keys and values of past tokens go in or out", "give all tokens at once, and no past");
}

/** One product for queries, keys and values, taken apart by columns. */
function expandFromOne(made: MadeNodes, node: GraphNode, x: string, weights: string, known: Known, biasAt: number) {
  if (numberOf(node.attributes.do_rotary, 0) !== 0)
    refuse(node, "the node turns queries and keys itself (do_rotary)", "write the model with RotaryEmbedding");
  const product = made.sum(made.add("MatMul", [x, weights]), node.inputs[2]);
  const width = typeOf(node, 1, known).shape[1];
  const given = node.attributes.qkv_hidden_sizes;
  const widths = given?.kind === "ints" ? given.value : [width / 3, width / 3, width / 3];
  const mask = maskOf(
    made,
    node,
    biasAt === 5 ? 3 : 5,
    biasAt === 5 ? 5 : NONE,
    typeOf(node, 0, known).shape[1],
    known,
  );
  return attend(made, node, made.columns(product, widths), mask);
}
const NONE = -1;

function expandAttention(node: GraphNode, known: Known): Expansion {
  refusePast(node, 4);
  return expandFromOne(new MadeNodes(node), node, node.inputs[0], node.inputs[1], known, 5);
}

function expandQuantizedAttention(node: GraphNode, known: Known): Expansion {
  refusePast(node, 8);
  const made = new Dequantized(node);
  const x = made.dequantizedOrReal(0, 3, 6, known);
  return expandFromOne(made, node, x, made.dequantized(1, 4, 7, 1), known, NONE);
}

function expandMultiHead(node: GraphNode, known: Known): Expansion {
  refusePast(node, 6);
  if (isReadAt(node, 2) || isReadAt(node, 3))
    refuse(node, "keys, values or scores are outputs", "write the model without them");
  if (typeOf(node, 0, known).shape.length !== 3 || !isGiven(node, 1) || !isGiven(node, 2))
    refuse(node, "queries, keys and values are packed", "write the model with three inputs");
  const made = new MadeNodes(node);
  const keyShape = typeOf(node, 1, known).shape;
  const isByHeads = keyShape.length === 4;
  const [k, v] = [1, 2].map((at) => (isByHeads ? merged(made, node, at, known) : node.inputs[at]));
  const parts = [node.inputs[0], k, v];
  const mask = maskOf(made, node, 4, 5, isByHeads ? keyShape[2] : keyShape[1], known);
  return attend(made, node, isGiven(node, 3) ? biased(made, node, parts, known) : parts, mask);
}

/** [batch, heads, tokens, size] to [batch, tokens, heads · size]. */
function merged(made: MadeNodes, node: GraphNode, at: number, known: Known): string {
  const [batch, heads, tokens, size] = typeOf(node, at, known).shape;
  return made.reshaped(made.transposed(node.inputs[at], [0, 2, 1, 3]), [batch, tokens, heads * size]);
}

/** The bias holds those of queries, keys and values one after the other. */
function biased(made: MadeNodes, node: GraphNode, parts: readonly string[], known: Known): readonly string[] {
  const bias = known.constants.get(node.inputs[3]);
  if (bias === undefined) refuse(node, "the bias is computed from the model's input", "make the bias a constant");
  const width = typeOf(node, 0, known).shape[2];
  const bounds = [0, width, 2 * width, bias.data.length];
  return parts.map((name, i) => {
    const data = bias.data.slice(bounds[i], bounds[i + 1]);
    return made.add("Add", [name, made.constant(`bias ${i}`, tensor([data.length], data))]);
  });
}

/** Positions count from one number, or stand for each token. */
function expandRotary(node: GraphNode, known: Known): Expansion {
  const made = new MadeNodes(node);
  const [x, positions, cosines, sines] = node.inputs;
  const { scale, is_packed_batching: packed, ...attributes } = node.attributes;
  if (numberOf(scale, 1) !== 1 || numberOf(packed, 0) !== 0)
    refuse(node, "scaled angles or packed sequences", "export the model without scale and is_packed_batching");
  const { shape } = typeOf(node, 0, known);
  const [batch, tokens] = [shape[0], shape.length === 3 ? shape[1] : shape[2]];
  const first = known.constants.get(positions);
  const isOne = typeOf(node, 1, known).shape.length === 1;
  if (isOne && first === undefined) refuse(node, "the first position is computed", "make the positions constants");
  const counted = Array.from({ length: batch * tokens }, (_, i) => (first?.data[0] ?? 0) + (i % tokens));
  const places = isOne ? made.constant("positions", int64([batch, tokens], counted)) : positions;
  const size = 2 * typeOf(node, 2, known).shape[1];
  const heads = numberOf(attributes.num_heads, 0) || shape[shape.length - 1] / size;
  const given = shape.length === 3 ? { ...attributes, num_heads: int(heads) } : attributes;
  return made.named(made.add("RotaryEmbedding", [x, cosines, sines, places], given));
}

const MASKS = "masks of two or three axes, constant lengths, or a bias of the scores; no past";

export const ATTENTION_NODES: readonly ReplacedNode[] = [
  { op: "Attention", domain: MICROSOFT, takes: `as MatMul and Attention; ${MASKS}`, expand: expandAttention },
  {
    op: "MultiHeadAttention",
    domain: MICROSOFT,
    takes: `as Attention; three inputs; ${MASKS}`,
    expand: expandMultiHead,
  },
  {
    op: "QAttention",
    domain: MICROSOFT,
    takes: "as Attention of what the integers stand for; no past",
    expand: expandQuantizedAttention,
  },
  { op: "RotaryEmbedding", domain: MICROSOFT, takes: "as RotaryEmbedding; constant positions", expand: expandRotary },
];
