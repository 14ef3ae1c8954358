/**
 * Products of limbs gathered in columns, and their reduction.
 *
 * Splitting. For integers |a·b| < 2^102 held as f64, with C1 = 1.5·2^103 and C3 = 1.5·2^52,
 *
 *     hi = fma(a, b, C1)                 rounds a·b to a multiple of 2^51
 *     lo = fma(a, b, (C1 + C3) - hi)     the exact rest, |rest| <= 2^50, plus C3
 *
 * so the bit patterns, read as 64-bit integers, are hi/2^51 + bits(C1) and rest + bits(C3). Patterns are added as
 * integers; the sum of the offsets is known while generating code and leaves with one constant per column.
 * Without a fused multiply-add the same two values (the rest up to 2^50 + 2^48) come from Dekker's product.
 *
 * Source: N. Emmart, J. Luitjens, C. Weems, C. Woolley, "Optimizing modular multiplication for NVIDIA's Maxwell GPUs"
 * (ARITH 2016), section on floating-point products; T. J. Dekker, "A floating-point technique for extending the available
 * precision" (1971). Differs in the balanced limbs and in four of five reduction steps, which add digit·P' with
 * P' = 2^-51 mod p one limb up instead of computing a Montgomery digit.
 */

import type { FieldConstants } from "./field.ts";
import { LIMB_BITS, LIMBS } from "./field.ts";
import type { Code, Value } from "./module.ts";
import { bitsOf } from "./module.ts";

const C1 = 1.5 * 2 ** 103;
const C3 = 1.5 * 2 ** 52;
const HI_OFFSET = bitsOf(C1);
const LO_OFFSET = bitsOf(C3);
const MASK_64 = (1n << 64n) - 1n;
const MASK_51 = (1n << BigInt(LIMB_BITS)) - 1n;
/** Added before a column is cut in digit and carry, so that both cuts work on unsigned numbers. */
const ROUND = 1n << 50n;
const POSITIVE = 1n << 62n;
const POSITIVE_CARRY = POSITIVE >> BigInt(LIMB_BITS);
/** Dekker's splitting factor for 53-bit significands. */
const SPLITTER = 2 ** 27 + 1;

/** Columns: acc[k] holds sum + offset[k] mod 2^64 as i64 lanes, the sum weighing 2^(51 k); null is an empty column. */
export interface Columns {
  readonly acc: (Value | null)[];
  readonly offset: bigint[];
}

export function createColumns(count = 2 * LIMBS): Columns {
  return { acc: new Array<Value | null>(count).fill(null), offset: new Array<bigint>(count).fill(0n) };
}

/** Arithmetic on one piece of code; keeps the halves of Dekker's splits it has computed. */
export interface Arithmetic {
  readonly code: Code;
  readonly field: FieldConstants;
  readonly halves: Map<string, readonly [Value, Value]>;
}

export function createArithmetic(code: Code, field: FieldConstants): Arithmetic {
  return { code, field, halves: new Map() };
}

/** A constant double in every lane. */
export const double = (a: Arithmetic, value: number): Value => a.code.constant(bitsOf(value));
const keptDouble = (a: Arithmetic, value: number): Value => a.code.keptConstant(bitsOf(value));

/** columns[k] += value, whose lanes are x + offset for the x meant. */
export function addToColumn(a: Arithmetic, columns: Columns, k: number, value: Value, offset: bigint): void {
  const held = columns.acc[k];
  columns.acc[k] = held ? a.code.op("i64x2.add", held, value) : value;
  columns.offset[k] = ((columns.offset[k] ?? 0n) + offset) & MASK_64;
}

/** Replaces the offset of a column by `bias`. */
function settle(a: Arithmetic, columns: Columns, k: number, bias: bigint): Value {
  const correction = a.code.constant((bias - columns.offset[k]!) & MASK_64);
  const held = columns.acc[k];
  const value = held ? a.code.op("i64x2.add", held, correction) : correction;
  columns.acc[k] = value;
  columns.offset[k] = bias;
  return value;
}

/**
 * hi = base + (x·y rounded to a multiple of 2^51), lo = x·y - (hi - base), exact for |x|, |y| <= 2^52 and a base that is C1 or
 * the high part of another product; |lo| <= 2^50, in split mode 2^50 + 2^48.
 */
export function splitProduct(a: Arithmetic, x: Value, y: Value, base: Value): { hi: Value; lo: Value } {
  const { code } = a;
  if (code.product === "fused") {
    const hi = code.op("f64x2.relaxed_madd", x, y, base);
    return { hi, lo: code.op("f64x2.relaxed_madd", x, y, code.op("f64x2.sub", base, hi)) };
  }
  const product = code.op("f64x2.mul", x, y);
  const [x1, x0] = dekkerHalves(a, x);
  const [y1, y0] = dekkerHalves(a, y);
  let error = code.op("f64x2.sub", code.op("f64x2.mul", x1, y1), product);
  error = code.op("f64x2.add", error, code.op("f64x2.mul", x1, y0));
  error = code.op("f64x2.add", error, code.op("f64x2.mul", x0, y1));
  error = code.op("f64x2.add", error, code.op("f64x2.mul", x0, y0));
  const hi = code.op("f64x2.add", base, product);
  return { hi, lo: code.op("f64x2.add", code.op("f64x2.sub", product, code.op("f64x2.sub", hi, base)), error) };
}

/** splitProduct on base C1 with C3 added to the low part; in fused mode one constant does both. */
function splitBiased(a: Arithmetic, x: Value, y: Value): { hi: Value; lo: Value } {
  const { code } = a;
  if (code.product === "split") {
    const { hi, lo } = splitProduct(a, x, y, keptDouble(a, C1));
    return { hi, lo: code.op("f64x2.add", lo, keptDouble(a, C3)) };
  }
  const hi = code.op("f64x2.relaxed_madd", x, y, keptDouble(a, C1));
  return { hi, lo: code.op("f64x2.relaxed_madd", x, y, code.op("f64x2.sub", keptDouble(a, C1 + C3), hi)) };
}

function dekkerHalves(a: Arithmetic, x: Value): readonly [Value, Value] {
  const key = x.join();
  const known = a.halves.get(key);
  if (known) return known;
  const { code } = a;
  const scaled = code.op("f64x2.mul", x, keptDouble(a, SPLITTER));
  const high = code.op("f64x2.sub", scaled, code.op("f64x2.sub", scaled, x));
  const halves = [high, code.op("f64x2.sub", x, high)] as const;
  a.halves.set(key, halves);
  return halves;
}

/** columns k and k + 1 += x·y */
export function addProduct(a: Arithmetic, columns: Columns, k: number, x: Value, y: Value): void {
  const { hi, lo } = splitBiased(a, x, y);
  addToColumn(a, columns, k, lo, LO_OFFSET);
  addToColumn(a, columns, k + 1, hi, HI_OFFSET);
}

/** columns k and k + 1 += x·y + u·v sharing one high part, which saves an addition; |x·y| + |u·v| < 2^102. */
export function addProductPair(
  a: Arithmetic,
  columns: Columns,
  k: number,
  x: Value,
  y: Value,
  u: Value,
  v: Value,
): void {
  if (a.code.product === "split") {
    addProduct(a, columns, k, x, y);
    addProduct(a, columns, k, u, v);
    return;
  }
  const { code } = a;
  const first = splitBiased(a, x, y);
  const second = splitProduct(a, u, v, first.hi);
  addToColumn(a, columns, k, code.op("f64x2.add", first.lo, second.lo), LO_OFFSET);
  addToColumn(a, columns, k + 1, second.hi, HI_OFFSET);
}

/** Cuts column k in its balanced digit in [-2^50, 2^50), returned as f64, and a carry into column k + 1. */
export function cutDigit(a: Arithmetic, columns: Columns, k: number): Value {
  const { code } = a;
  const settled = settle(a, columns, k, ROUND + POSITIVE);
  addToColumn(a, columns, k + 1, code.op("i64x2.shr_u", settled, LIMB_BITS), POSITIVE_CARRY);
  const mantissa = code.op("v128.or", code.op("v128.and", settled, code.constant(MASK_51)), double(a, 2 ** 52));
  return code.op("f64x2.sub", mantissa, double(a, 2 ** 52 + 2 ** 50));
}

/**
 * Last step: with m = digit·(-1/p) mod 2^51, balanced, digit + m·p vanishes mod 2^51, so column 4 leaves only a carry.
 * In fused mode the low part of m·p_0 is exactly -digit (checked for the tie -2^50 by checkLastStepTie).
 */
export function reduceLast(a: Arithmetic, columns: Columns, digit: Value): void {
  const { code, field } = a;
  const [p0, ...higher] = field.modulusLimbs;
  const negativeInverse = double(a, field.negativeInverse);
  let m: Value;
  if (code.product === "fused") {
    m = code.op("f64x2.sub", splitBiased(a, digit, negativeInverse).lo, double(a, C3));
    const hi = code.op("f64x2.relaxed_madd", m, double(a, p0!), keptDouble(a, C1));
    addToColumn(a, columns, LIMBS, hi, HI_OFFSET);
  } else {
    const { lo } = splitProduct(a, digit, negativeInverse, keptDouble(a, C1));
    const excess = code.op("f64x2.sub", code.op("f64x2.add", lo, keptDouble(a, C1)), keptDouble(a, C1));
    m = code.op("f64x2.sub", lo, excess);
    const product = splitProduct(a, m, double(a, p0!), keptDouble(a, C1));
    const hi = code.op("f64x2.add", product.hi, code.op("f64x2.add", product.lo, digit));
    addToColumn(a, columns, LIMBS, hi, HI_OFFSET);
  }
  higher.forEach((limb, j) => addProduct(a, columns, LIMBS + j, m, double(a, limb)));
}

/** For the digit -2^50 both roundings of the last step are ties; this says whether they cancel it as reduceLast assumes. */
export function lastStepTieCancels(field: FieldConstants): boolean {
  const digit = -(2n ** 50n);
  const m = lowPart(digit * BigInt(field.negativeInverse));
  return lowPart(m * BigInt(field.modulusLimbs[0]!)) === -digit;
}

/** x minus the nearest multiple of 2^51, ties to the even multiple: what fma(a, b, C1) leaves over. */
function lowPart(x: bigint): bigint {
  const centered = BigInt.asIntN(LIMB_BITS, x);
  const isTie = centered === -(2n ** 50n);
  return isTie && ((x - centered) >> BigInt(LIMB_BITS)) % 2n !== 0n ? -centered : centered;
}

/** columns 5..9 += sum of ±limbs; each term is five f64 limbs of a stored element, and its sign. */
export function addLimbs(
  a: Arithmetic,
  columns: Columns,
  terms: readonly { sign: 1 | -1; limb(j: number): Value }[],
): void {
  for (let j = 0; j < LIMBS; j++) {
    // Two terms of 2^50 fit beside C3; more go to the column as further summands.
    for (let first = 0; first < terms.length; first += 2) {
      let sum = double(a, C3);
      for (const term of terms.slice(first, first + 2)) {
        sum = a.code.op(term.sign < 0 ? "f64x2.sub" : "f64x2.add", sum, term.limb(j));
      }
      addToColumn(a, columns, LIMBS + j, sum, LO_OFFSET);
    }
  }
}

/**
 * Weak reduction: columns 5..9 -= round(x / p)·p.
 *
 * "near": |x| < 2.5 p; the quotient is at most 2 and its products with limbs are exact.
 * "far":  |x| < 2^12 p, and < 2^43 p when column 10 is used; the top is estimated from columns 9 and 10 with 11 bits less, the
 *         products are split.
 * Result |x| <= (1/2 + 2^-30) p, (1/2 + 2^-8) p for the largest "far" values.
 */
export function weakReduce(a: Arithmetic, columns: Columns, range: "near" | "far"): void {
  const { code, field } = a;
  const top = 2 * LIMBS - 1;
  const below = code.op("i64x2.add", columns.acc[top - 1]!, code.constant(ROUND + POSITIVE - columns.offset[top - 1]!));
  const carry = code.op("i64x2.shr_u", below, LIMB_BITS);
  const bias = range === "near" ? LO_OFFSET : POSITIVE;
  const level = code.constant(bias - POSITIVE_CARRY - columns.offset[top]!);
  const high = code.op("i64x2.add", code.op("i64x2.add", columns.acc[top]!, level), carry);
  const topValue = range === "near" ? code.op("f64x2.sub", high, double(a, C3)) : farTop(a, columns, high);
  const scale = field.topOverModulus * (range === "near" ? 1 : 2 ** FAR_SHIFT);
  const quotient = roundToInteger(a, code.op("f64x2.mul", topValue, double(a, scale)));
  if (range === "near") {
    field.modulusLimbs.forEach((limb, j) => {
      const product = code.op("f64x2.mul", quotient, double(a, limb));
      addToColumn(a, columns, LIMBS + j, code.op("f64x2.sub", double(a, C3), product), LO_OFFSET);
    });
  } else {
    const negated = code.op("f64x2.neg", quotient);
    field.modulusLimbs.forEach((limb, j) => addProduct(a, columns, LIMBS + j, negated, double(a, limb)));
  }
}

const FAR_SHIFT = 11;

/** Nearest integer of |x| < 2^51. */
function roundToInteger(a: Arithmetic, x: Value): Value {
  return a.code.op("f64x2.sub", a.code.op("f64x2.add", x, double(a, C3)), double(a, C3));
}

/** (column 9 + 2^51·column 10) / 2^11 as f64, `high` being column 9 + 2^62 in (0, 2^63). */
function farTop(a: Arithmetic, columns: Columns, high: Value): Value {
  const { code } = a;
  const mantissa = code.op("v128.or", code.op("i64x2.shr_u", high, FAR_SHIFT), double(a, 2 ** 52));
  const low = code.op("f64x2.sub", mantissa, double(a, 2 ** 52 + Number(POSITIVE >> BigInt(FAR_SHIFT))));
  const above = columns.acc[2 * LIMBS];
  if (!above) return low;
  const settled = code.op("i64x2.add", above, code.constant(LO_OFFSET - columns.offset[2 * LIMBS]!));
  const value = code.op("f64x2.sub", settled, double(a, C3));
  return code.op("f64x2.add", low, code.op("f64x2.mul", value, double(a, 2 ** (LIMB_BITS - FAR_SHIFT))));
}

/** Balanced limbs of columns 5..9; the value must be below 2^255 in absolute value, as every weakly reduced one is. */
export function finishLimbs(a: Arithmetic, columns: Columns): Value[] {
  const limbs: Value[] = [];
  for (let k = LIMBS; k < 2 * LIMBS - 1; k++) limbs.push(cutDigit(a, columns, k));
  const top = 2 * LIMBS - 1;
  foldTopColumn(a, columns, top);
  limbs.push(a.code.op("f64x2.sub", settle(a, columns, top, LO_OFFSET), double(a, C3)));
  return limbs;
}

/** Column 10, when used, holds multiples of 2^51 units of column 9; the sum is small, so it may wrap. */
function foldTopColumn(a: Arithmetic, columns: Columns, top: number): void {
  const above = columns.acc[top + 1];
  if (!above) return;
  const shifted = a.code.op("i64x2.shl", above, LIMB_BITS);
  addToColumn(a, columns, top, shifted, (columns.offset[top + 1]! << BigInt(LIMB_BITS)) & MASK_64);
}
