/** Pairs of features turned by angles that depend on the position; angles are constants, features beyond `rotary_embedding_dim` stay. */
import { type Tensor, tensor } from "../tensor.ts";
import {
  badShape,
  inputConstant,
  inputType,
  intAttribute,
  type NodeContext,
  type Operator,
  type Planner,
  tensorInput,
} from "./operator.ts";
import { emitLinear, emitView } from "./steps.ts";

interface Rotation {
  /** [batch, heads, tokens, size] */
  readonly shape: readonly [number, number, number, number];
  /** True for inputs [batch, tokens, heads · size]. */
  readonly isFlat: boolean;
  /** Features 2i and 2i + 1 are a pair, else i and i + pairs. */
  readonly isInterleaved: boolean;
  readonly pairs: number;
  /** [batch, tokens, pairs] */
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

export const rotaryEmbedding: Operator = {
  op: "RotaryEmbedding",
  takes: "constant angles and positions",
  check: (context) => {
    const x = inputType(context, 0);
    const rotation = rotationOf(context);
    return {
      outputs: [x],
      float: ([input]) => [tensor(x.shape, rotate(input.data, rotation), x.dtype)],
      plan: (planner) => planRotation(planner, rotation),
    };
  },
};

function rotationOf(context: NodeContext): Rotation {
  const { node, types } = context;
  const { shape } = inputType(context, 0);
  const isFlat = shape.length === 3;
  const heads = isFlat ? intAttribute(node, "num_heads", 0) : shape[1];
  if (!(isFlat || shape.length === 4) || heads < 1 || (isFlat && shape[2] % heads !== 0))
    badShape(node, `[${shape}] does not divide into ${heads} heads`);
  const full = isFlat ? ([shape[0], heads, shape[1], shape[2] / heads] as const) : (shape as Rotation["shape"]);
  const [batch, , tokens, size] = full;
  const turned = intAttribute(node, "rotary_embedding_dim", 0) || size;
  const pairs = turned / 2;
  if (!Number.isInteger(pairs) || turned > size) badShape(node, `${turned} features of ${size} do not make pairs`);
  const positions = types[3] === undefined ? undefined : inputConstant(context, 3, "the list of positions");
  const angles = (index: number, what: string): Float64Array => {
    const cache = inputConstant(context, index, what);
    const columns = cache.shape.at(-1) ?? 0;
    if (columns !== pairs) badShape(node, `${what} [${cache.shape}] has ${columns} columns for ${pairs} pairs`);
    return positions ? rowsAt(cache, positions) : cache.data;
  };
  const [cosines, sines] = [angles(1, "the table of cosines"), angles(2, "the table of sines")];
  if (cosines.length !== batch * tokens * pairs || sines.length !== cosines.length)
    badShape(node, `the angles do not fit ${batch} times ${tokens} tokens`);
  return { shape: full, isFlat, isInterleaved: intAttribute(node, "interleaved", 0) !== 0, pairs, cosines, sines };
}

function rowsAt({ data, shape }: Tensor, positions: Tensor): Float64Array {
  const n = shape[shape.length - 1];
  return Float64Array.from(
    { length: positions.data.length * n },
    (_, i) => data[positions.data[Math.floor(i / n)] * n + (i % n)],
  );
}

function rotate(x: Float64Array, { shape, isFlat, isInterleaved, pairs, cosines, sines }: Rotation): Float64Array {
  const [batch, heads, tokens, size] = shape;
  const out = Float64Array.from(x);
  for (let row = 0; row < batch * heads * tokens; row++) {
    const [b, h, t] = [Math.floor(row / (heads * tokens)), Math.floor(row / tokens) % heads, row % tokens];
    const base = (isFlat ? (b * tokens + t) * heads + h : row) * size;
    for (let i = 0; i < pairs; i++) {
      const [first, second] = isInterleaved ? [base + 2 * i, base + 2 * i + 1] : [base + i, base + i + pairs];
      const angle = (b * tokens + t) * pairs + i;
      out[first] = x[first] * cosines[angle] - x[second] * sines[angle];
      out[second] = x[first] * sines[angle] + x[second] * cosines[angle];
    }
  }
  return out;
}

function planRotation(planner: Planner, { shape, isFlat, isInterleaved, pairs, cosines, sines }: Rotation): void {
  const [batch, heads, tokens, size] = shape;
  const [output] = planner.outputs;
  const view = (inputs: readonly string[], to: readonly number[], change: Parameters<typeof emitView>[3]): string => {
    const next = { name: planner.fresh(output.name), shape: to };
    emitView(planner, inputs, next, change);
    return next.name;
  };
  /** [batch, tokens, heads, ..] is the order of the flat form. */
  const outer = isFlat ? [batch, tokens, heads] : [batch, heads, tokens];
  const slice = (x: string, from: readonly number[], axis: number, start: number, length: number): string =>
    view(
      [x],
      from.map((n, i) => (i === axis ? length : n)),
      { name: "slice", axis, start, step: 1 },
    );
  const features = [...outer, size];
  const x = view([tensorInput(planner, 0).name], features, { name: "reshape" });
  const turned = slice(x, features, 3, 0, 2 * pairs);
  const pairShape = isInterleaved ? [...outer, pairs, 2] : [...outer, 2, pairs];
  const pairAxis = isInterleaved ? 4 : 3;
  const paired = view([turned], pairShape, { name: "reshape" });
  const halfShape = pairShape.map((n, axis) => (axis === pairAxis ? 1 : n));
  const [first, second] = [0, 1].map((start) => slice(paired, pairShape, pairAxis, start, 1));
  const factorShape = halfShape.map((n, axis) => (axis === (isFlat ? 2 : 1) ? 1 : n));
  const scale = (name: string, angles: Float64Array, sign: number) =>
    ({ kind: "scale", x: name, shape: factorShape, factors: angles.map((value) => sign * value) }) as const;
  const [left, right] = [0, 1].map(() => ({ name: planner.fresh(output.name), shape: halfShape }));
  emitLinear(planner, left, { parts: [scale(first, cosines, 1), scale(second, sines, -1)] });
  emitLinear(planner, right, { parts: [scale(first, sines, 1), scale(second, cosines, 1)] });
  const joined = view([left.name, right.name], pairShape, { name: "concat", axis: pairAxis });
  let result = view([joined], [...outer, 2 * pairs], { name: "reshape" });
  if (2 * pairs < size) {
    const rest = slice(x, features, 3, 2 * pairs, size - 2 * pairs);
    result = view([result, rest], features, { name: "concat", axis: 3 });
  }
  emitView(planner, [result], output, { name: "reshape" });
}
