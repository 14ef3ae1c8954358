/** The weights by which one axis of an image is resized (ONNX operator Resize, version 19). */

export interface ResizeMode {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly cubicA: number;
  readonly excludesOutside: boolean;
}

export const COORDINATES = [
  "half_pixel",
  "half_pixel_symmetric",
  "pytorch_half_pixel",
  "align_corners",
  "asymmetric",
] as const;

/** Where output o lies on the input axis. */
function coordinateOf(o: number, inN: number, outN: number, scale: number, coordinates: string): number {
  switch (coordinates) {
    case "align_corners":
      return outN === 1 ? 0 : (o * (inN - 1)) / (outN - 1);
    case "asymmetric":
      return o / scale;
    case "pytorch_half_pixel":
      return outN > 1 ? (o + 0.5) / scale - 0.5 : 0;
    case "half_pixel_symmetric":
      return (inN / 2) * (1 - outN / (scale * inN)) + (o + 0.5) / scale - 0.5;
    default:
      return (o + 0.5) / scale - 0.5;
  }
}

function roundedBy(nearest: string, x: number): number {
  switch (nearest) {
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    case "round_prefer_ceil":
      return Math.floor(x + 0.5);
    default:
      return Math.ceil(x - 0.5);
  }
}

/** For each output of the axis, the input it copies (mode nearest). */
export function nearestSources(
  inN: number,
  outN: number,
  scale: number,
  { coordinates, nearest }: ResizeMode,
): number[] {
  return Array.from({ length: outN }, (_, o) => {
    const index = roundedBy(nearest, coordinateOf(o, inN, outN, scale, coordinates));
    return Math.max(0, Math.min(inN - 1, index));
  });
}

/** [outN, inN], modes linear and cubic; taps beyond the axis read its end. */
export function axisWeights(inN: number, outN: number, scale: number, options: ResizeMode): Float64Array {
  const weights = new Float64Array(outN * inN);
  for (let o = 0; o < outN; o++) {
    const x = coordinateOf(o, inN, outN, scale, options.coordinates);
    const first = Math.floor(x);
    const taps = tapsAt(x - first, options);
    const offset = first - (taps.length / 2 - 1);
    const isCounted = (k: number): boolean => !options.excludesOutside || (offset + k >= 0 && offset + k < inN);
    const total = options.excludesOutside ? taps.reduce((sum, tap, k) => sum + (isCounted(k) ? tap : 0), 0) : 1;
    taps.forEach((tap, k) => {
      if (isCounted(k)) weights[o * inN + Math.max(0, Math.min(inN - 1, offset + k))] += tap / total;
    });
  }
  return weights;
}

/** Weights of the two or four inputs around a position, `t` behind the inner left one (Keys, 1981, for cubic). */
function tapsAt(t: number, { mode, cubicA: a }: ResizeMode): number[] {
  if (mode === "linear") return [1 - t, t];
  const near = (d: number): number => ((a + 2) * d - (a + 3)) * d * d + 1;
  const far = (d: number): number => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}
