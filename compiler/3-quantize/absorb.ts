/** Constant factors taken into the weights of a part; undefined where the part has no weight for each of them. */
import { type Forest, leafCount } from "../forest.ts";
import type { Bias, Part, ScalePart } from "../program.ts";
import { isClipped } from "../program.ts";
import { broadcastShapes, broadcastTo } from "../tensor.ts";

const NO_BIAS: Bias = { shape: [], data: new Float64Array(1) };

interface Factors {
  readonly shape: readonly number[];
  readonly factors: Float64Array;
}

/** The values along one axis of an array that broadcasts to a tensor of rank `rank` and is constant along the others. */
function alongAxis(
  shape: readonly number[],
  data: Float64Array,
  axis: number,
  n: number,
  rank: number,
): Float64Array | undefined {
  if (data.length === 1) return new Float64Array(n).fill(data[0]);
  const own = axis - rank + shape.length;
  if (own < 0 || data.length !== n || shape[own] !== n) return undefined;
  return data;
}

/** The part with its result multiplied by factors. */
export function scaleOutputs(part: Part, { shape, factors }: Factors, outShape: readonly number[]): Part | undefined {
  const rank = outShape.length;
  switch (part.kind) {
    case "conv": {
      const perChannel = alongAxis(shape, factors, 1, part.outChannels, rank);
      const row = part.weights.length / part.outChannels;
      return (
        perChannel && { ...part, weights: part.weights.map((weight, i) => weight * perChannel[Math.floor(i / row)]) }
      );
    }
    case "contract": {
      const isKept = outShape[part.axis] === part.outN;
      const perRow = isKept || factors.length === 1 ? alongAxis(shape, factors, part.axis, part.outN, rank) : undefined;
      return perRow && { ...part, weights: part.weights.map((weight, i) => weight * perRow[Math.floor(i / part.inN)]) };
    }
    case "scale": {
      const combined = broadcastShapes(part.shape, shape) ?? [];
      const right = broadcastTo({ shape, data: factors }, combined);
      const left = broadcastTo({ shape: part.shape, data: part.factors }, combined);
      return { ...part, shape: combined, factors: left.map((value, i) => value * right[i]) };
    }
    case "pool":
      if (factors.length !== 1) return undefined;
      return { ...part, factors: new Map([...part.factors].map(([count, factor]) => [count, factor * factors[0]])) };
    case "trees": {
      const perTarget = alongAxis(shape, factors, rank - 1, part.forest.targets, rank);
      return perTarget && { ...part, forest: scaleWeights(part.forest, perTarget) };
    }
    case "product":
    case "sum":
      return factors.length === 1 ? { ...part, factor: part.factor * factors[0] } : undefined;
  }
}

/** The part over f·x + b instead of over its own input, and what b adds to the bias. */
export function scaleInputs(
  part: Part,
  inner: ScalePart,
  innerBias: Bias,
  innerShape: readonly number[],
  outRank: number,
): { part: Part; bias: Bias } | undefined {
  const rank = innerShape.length;
  if (part.kind === "contract") {
    const factors = alongAxis(inner.shape, inner.factors, part.axis, part.inN, rank);
    const shift = alongAxis(innerBias.shape, innerBias.data, part.axis, part.inN, rank);
    if (!factors || !shift) return undefined;
    const bias = rowSums(part.weights, part.outN, shift, 1);
    const shape = part.axis < outRank ? oneAxis(outRank, part.axis, part.outN) : [];
    if (shape.length === 0 && bias.length > 1) return undefined;
    const weights = part.weights.map((weight, i) => weight * factors[i % part.inN]);
    return { part: { ...part, x: inner.x, weights }, bias: { shape, data: bias } };
  }
  if (part.kind === "conv") {
    const factors = alongAxis(inner.shape, inner.factors, 1, part.channels, rank);
    const shift = alongAxis(innerBias.shape, innerBias.data, 1, part.channels, rank);
    if (!factors || !shift || part.groups !== 1) return undefined;
    if (shift.some((value) => value !== 0) && part.windows.some(isClipped)) return undefined;
    const plane = part.weights.length / (part.outChannels * part.channels);
    const bias = rowSums(part.weights, part.outChannels, shift, plane);
    const weights = part.weights.map((weight, i) => weight * factors[Math.floor(i / plane) % part.channels]);
    return {
      part: { ...part, x: inner.x, weights },
      bias: { shape: oneAxis(outRank, 1, part.outChannels), data: bias },
    };
  }
  if (part.kind === "trees") {
    const { features } = part.forest;
    const factors = alongAxis(inner.shape, inner.factors, rank - 1, features, rank);
    const shift = alongAxis(innerBias.shape, innerBias.data, rank - 1, features, rank);
    if (!factors || !shift || factors.some((factor) => !(factor > 0))) return undefined;
    return { part: { ...part, x: inner.x, forest: moveThresholds(part.forest, factors, shift) }, bias: NO_BIAS };
  }
  return undefined;
}

function scaleWeights(forest: Forest, factors: Float64Array): Forest {
  const leaves = leafCount(forest);
  return { ...forest, weights: forest.weights.map((weight, i) => weight * factors[Math.floor(i / leaves)]) };
}

/** f·x + b <= t where x <= (t - b) / f, for f > 0. */
function moveThresholds(forest: Forest, factors: Float64Array, shift: Float64Array): Forest {
  const threshold = forest.threshold.map((value, node) => {
    const feature = forest.feature[node];
    return (value - shift[feature]) / factors[feature];
  });
  return { ...forest, threshold };
}

/** sum over k and the plane of weights[row][k][plane]·shift[k] */
function rowSums(weights: Float64Array, rows: number, shift: Float64Array, plane: number): Float64Array {
  const sums = new Float64Array(rows);
  const length = weights.length / rows;
  weights.forEach((weight, i) => {
    sums[Math.floor(i / length)] += weight * shift[Math.floor((i % length) / plane)];
  });
  return sums;
}

function oneAxis(rank: number, axis: number, n: number): number[] {
  return Array.from({ length: rank }, (_, i) => (i === axis ? n : 1));
}
