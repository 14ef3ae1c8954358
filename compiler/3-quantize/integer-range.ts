/** Integers for real ranges: zero is always the integer 0. */
import type { Quantization } from "./options.ts";
import type { Range } from "./range.ts";

export interface IntegerRange {
  /** Real value of one unit. */
  readonly scale: number;
  readonly lo: number;
  readonly hi: number;
}

/** 0 .. 2^bits - 1 */
export function unsignedRange(hi: number, bits: number): IntegerRange {
  const top = 2 ** bits - 1;
  return { scale: hi > 0 ? hi / top : 1 / top, lo: 0, hi: top };
}

/** -2^(bits-1) .. 2^(bits-1) - 1 */
export function signedRange(lo: number, hi: number, bits: number): IntegerRange {
  const top = 2 ** (bits - 1);
  const scale = Math.max(-lo / top, hi / (top - 1));
  return { scale: scale > 0 ? scale : 1 / top, lo: -top, hi: top - 1 };
}

/** Integers are divided between both sides in eighths, so that tensors of about the same range share a table. */
const PARTS = 8;

/** 2^bits integers around 0, as many of them below it as give the finest scale; a range without negative values gets none. */
export function asymmetricRange(lo: number, hi: number, bits: number): IntegerRange {
  let best = signedRange(lo, hi, bits);
  for (let below = 0; below <= PARTS; below++) {
    if ((below === 0 && lo < 0) || (below === PARTS && hi > 0)) continue;
    const least = below === PARTS ? 1 - 2 ** bits : 0 - Math.round((2 ** bits * below) / PARTS);
    const most = below === PARTS ? 0 : 2 ** bits - 1 + least;
    const scale = Math.max(lo < 0 ? lo / least : 0, hi > 0 ? hi / most : 0);
    if (scale > 0 && scale < best.scale) best = { scale, lo: least, hi: most };
  }
  return best;
}

export interface RangeShape {
  readonly isPositive: boolean;
  readonly quantization: Quantization;
}

export function integerRangeFor(
  { lo, hi }: Range,
  bits: number,
  { isPositive, quantization }: RangeShape,
): IntegerRange {
  if (isPositive) return unsignedRange(hi, bits);
  return quantization === "asymmetric" ? asymmetricRange(lo, hi, bits) : signedRange(lo, hi, bits);
}
