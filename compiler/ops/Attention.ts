/**
 * softmax(scale · Q K^T + mask) V for every head. Queries, keys and values are [batch, heads, tokens, size], or [batch, tokens,
 * heads · size]; fewer heads of keys and values are read several times.
 */
import { exp } from "../math.ts";
import { broadcastTo, gather, sizeOf, type Tensor, tensor } from "../tensor.ts";
import { emitExponentials } from "./exponentials.ts";
import {
  badShape,
  floatAttribute,
  inputConstant,
  inputType,
  intAttribute,
  type NodeContext,
  type Operator,
  type Planner,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitLinear, emitView } from "./steps.ts";

/** [batch, heads, tokens, size] */
type HeadShape = readonly [number, number, number, number];

interface Heads {
  readonly q: HeadShape;
  readonly k: HeadShape;
  readonly v: HeadShape;
  readonly isFlat: boolean;
}

export const attention: Operator = {
  op: "Attention",
  takes: "flat or by heads, fewer heads of keys and values, causal, masks, softcap; no past, scores are no output",
  check: (context) => {
    const { node } = context;
    refuseVariants(context);
    const heads = headsOf(context);
    const { q, k, v, isFlat } = heads;
    const [batch, count, tokens, size] = q;
    const scale = floatAttribute(node, "scale", 1 / Math.sqrt(size));
    const mask = maskOf(context, [batch, count, tokens, k[2]]);
    const shape = isFlat ? [batch, tokens, count * v[3]] : [batch, count, tokens, v[3]];
    const { dtype } = inputType(context, 0);
    return {
      outputs: [{ dtype, shape }],
      float: ([x, y, z]) => [tensor(shape, floatAttention(x, y, z, heads, scale, mask), dtype)],
      plan: (planner) => planAttention(planner, heads, scale, mask),
    };
  },
};

function refuseVariants({ node, types }: NodeContext): void {
  const refuse = (reason: string, remedy: string): never => unsupported(node, reason, remedy);
  if (types[4] !== undefined || types[5] !== undefined)
    refuse("it continues from past keys and values", "give all tokens at once");
  if (floatAttribute(node, "softcap", 0) !== 0) refuse("scores are capped", "export without softcap");
  if (node.outputs.slice(1).some((name) => name !== ""))
    refuse("keys, values or scores are outputs", "export the model without them");
}

function headsOf(context: NodeContext): Heads {
  const { node } = context;
  const [q, k, v] = [0, 1, 2].map((index) => inputType(context, index).shape);
  const isFlat = q.length === 3;
  const split = (shape: readonly number[], attribute: string): HeadShape => {
    if (shape.length === 4) return shape as unknown as HeadShape;
    const count = intAttribute(node, attribute, 0);
    const [batch, tokens, width] = shape;
    if (shape.length !== 3 || count < 1 || width % count !== 0)
      badShape(node, `[${shape}] does not divide into ${count} heads (${attribute})`);
    return [batch, count, tokens, width / count];
  };
  const heads = {
    q: split(q, "q_num_heads"),
    k: split(k, "kv_num_heads"),
    v: split(v, "kv_num_heads"),
    isFlat,
  };
  const isSound =
    heads.q[3] === heads.k[3] &&
    heads.k[2] === heads.v[2] &&
    heads.k[1] === heads.v[1] &&
    heads.q[1] % heads.k[1] === 0;
  if (!isSound) badShape(node, `queries [${q}], keys [${k}] and values [${v}] do not fit each other`);
  return heads;
}

/** What is added to the scores: 0 and minus infinity, or constants. */
function maskOf(context: NodeContext, shape: readonly number[]): Float64Array | undefined {
  const [, , tokens, keys] = shape;
  const isCausal = intAttribute(context.node, "is_causal", 0) !== 0;
  const given = context.types[3] === undefined ? undefined : inputConstant(context, 3, "the mask");
  if (!isCausal && given === undefined) return undefined;
  const mask = given ? Float64Array.from(broadcastTo(given, shape)) : new Float64Array(sizeOf(shape));
  if (given?.dtype === "bool") mask.forEach((value, i) => (mask[i] = value !== 0 ? 0 : Number.NEGATIVE_INFINITY));
  if (isCausal)
    mask.forEach((_, i) => {
      if (i % keys > Math.floor(i / keys) % tokens) mask[i] = Number.NEGATIVE_INFINITY;
    });
  return mask;
}

function planAttention(planner: Planner, heads: Heads, scale: number, mask: Float64Array | undefined): void {
  const { q, k, v, isFlat } = heads;
  const [output] = planner.outputs;
  const [batch, count, tokens] = q;
  const keys = k[2];
  const view = (x: string, shape: readonly number[], change: Parameters<typeof emitView>[3]): string => {
    const next = { name: planner.fresh(x), shape };
    emitView(planner, [x], next, change);
    return next.name;
  };
  /** [batch, count, tokens, size] from an input. */
  const read = (index: number, [, own, length, size]: HeadShape): string => {
    let { name } = tensorInput(planner, index);
    if (isFlat) {
      name = view(name, [batch, length, own, size], { name: "reshape" });
      name = view(name, [batch, own, length, size], { name: "transpose", permutation: [0, 2, 1, 3] });
    }
    if (own === count) return name;
    name = view(name, [batch, own, 1, length, size], { name: "reshape" });
    name = view(name, [batch, own, count / own, length, size], { name: "expand" });
    return view(name, [batch, count, length, size], { name: "reshape" });
  };
  const product = (x: string, y: string, factor: number) =>
    [{ kind: "product", x, y, contracts: true, factor }] as const;
  const scores = { name: planner.fresh(`${output.name} scores`), shape: [batch, count, tokens, keys] };
  emitLinear(planner, scores, {
    parts: product(read(0, q), read(1, k), scale),
    ...(mask ? { bias: { shape: scores.shape, data: mask } } : {}),
  });
  const rowShape = [1, batch * count * tokens, keys] as const;
  const rows = { name: view(scores.name, rowShape, { name: "reshape" }), shape: rowShape };
  const shares = { name: planner.fresh(`${output.name} shares`), shape: rowShape };
  emitExponentials(planner, rows, shares, false);
  const weights = view(shares.name, scores.shape, { name: "reshape" });
  const values = view(read(2, v), [batch, count, v[3], keys], { name: "transpose", permutation: [0, 1, 3, 2] });
  const mixed = isFlat ? { name: planner.fresh(output.name), shape: [batch, count, tokens, v[3]] } : output;
  emitLinear(planner, mixed, { parts: product(weights, values, 1) });
  if (!isFlat) return;
  const merged = view(mixed.name, [batch, tokens, count, v[3]], { name: "transpose", permutation: [0, 2, 1, 3] });
  emitView(planner, [merged], output, { name: "reshape" });
}

function floatAttention(
  x: Tensor,
  y: Tensor,
  z: Tensor,
  { q, k, v, isFlat }: Heads,
  scale: number,
  mask: Float64Array | undefined,
): Float64Array {
  const [batch, count, tokens, size] = q;
  const keys = k[2];
  const [queries, allKeys, values] = [
    { data: x.data, shape: q },
    { data: y.data, shape: k },
    { data: z.data, shape: v },
  ].map(({ data, shape: [b, h, t, d] }) => (isFlat ? gather(data, [b, h, t, d], [t * h * d, d, h * d, 1]) : data));
  const out = new Float64Array(batch * count * tokens * v[3]);
  for (let row = 0; row < batch * count * tokens; row++) {
    const head = Math.floor(row / tokens);
    const own = Math.floor(head / count) * k[1] + Math.floor((head % count) / (count / k[1]));
    const scores = Float64Array.from({ length: keys }, (_, j) => {
      let dot = 0;
      for (let i = 0; i < size; i++) dot += queries[row * size + i] * allKeys[(own * keys + j) * size + i];
      return scale * dot + (mask?.[row * keys + j] ?? 0);
    });
    const largest = scores.reduce((a, b) => Math.max(a, b));
    const powers = scores.map((score) => exp(score - largest));
    const total = powers.reduce((a, b) => a + b);
    const [base, flatBase] = [
      row * v[3],
      ((Math.floor(head / count) * tokens + (row % tokens)) * count + (head % count)) * v[3],
    ];
    for (let i = 0; i < v[3]; i++) {
      let sum = 0;
      for (let j = 0; j < keys; j++) sum += powers[j] * values[(own * keys + j) * v[3] + i];
      out[(isFlat ? flatBase : base) + i] = sum / total;
    }
  }
  return out;
}
