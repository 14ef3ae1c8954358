/** Affine addition on y^2 = x^3 + 3 over the base field of BN254, for the few points a prover combines by hand. null is infinity. */
import { Q } from "./field.ts";

export type CurvePoint = { readonly x: bigint; readonly y: bigint } | null;

const modQ = (a: bigint): bigint => {
  const rest = a % Q;
  return rest < 0n ? rest + Q : rest;
};

function inverseQ(a: bigint): bigint {
  let [low, high, x, y] = [modQ(a), Q, 1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [x, y] = [y - quotient * x, x];
  }
  return modQ(x);
}

export function addPoints(a: CurvePoint, b: CurvePoint): CurvePoint {
  if (a === null) return b;
  if (b === null) return a;
  if (a.x === b.x && a.y !== b.y) return null;
  const slope = a.x === b.x ? modQ(3n * a.x * a.x * inverseQ(2n * a.y)) : modQ((b.y - a.y) * inverseQ(b.x - a.x));
  const x = modQ(slope * slope - a.x - b.x);
  return { x, y: modQ(slope * (a.x - x) - a.y) };
}

/** Words of a point as the proof carries it; infinity is (0, 0). */
export function pointWords(point: CurvePoint): [bigint, bigint] {
  return point === null ? [0n, 0n] : [point.x, point.y];
}
