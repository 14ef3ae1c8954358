/** Constants of the curve module that kernels take by address: blocks with one value in every lane, and two points. */
import { inverse, Q } from "../../../core/field.ts";
import { CURVE_CONSTANTS } from "../../memory-map.ts";
import { BLOCK, balancedLimbs, encodeElement, LIMB_BITS, LIMBS, positive } from "../field.ts";
import type { ModuleText } from "../module.ts";
import { bitsOf } from "../module.ts";

/** An affine point: five limbs of x, then five of y, each in stored form, weakly reduced. Infinity has NaN as its first limb. */
export const POINT_BYTES = 80;
export const POINT_Y = 40;

export interface CurveTables {
  /** The integer 1 (not Montgomery): multiplying by it takes a value out of Montgomery form. */
  readonly integerOne: number;
  /** 2^510 mod q: multiplying by it takes an integer into Montgomery form. */
  readonly squaredRadix: number;
  /** 2^765 mod q: multiplying the inverse of an integer in Montgomery form by it gives the inverse in Montgomery form. */
  readonly cubedRadix: number;
  /** 1 in Montgomery form. */
  readonly one: number;
  /** 3·b = 9 of the complete addition law. */
  readonly nine: number;
  /** Two different points to fill blocks with. */
  readonly fillers: readonly [number, number];
}

/** The pool of splatted constants grows from the start of the region; the tables are behind it. */
const TABLES_START = CURVE_CONSTANTS.start + 32768;
export const POOL = { start: CURVE_CONSTANTS.start, end: TABLES_START };

export function defineTables(module: ModuleText): CurveTables {
  let end = TABLES_START;
  let data = "";
  const place = (values: readonly number[]): number => {
    const address = end;
    end += 8 * values.length;
    data += values.map(littleEndian).join("");
    return address;
  };
  const block = (limbs: readonly number[]): number =>
    place(limbs.flatMap((limb) => new Array<number>(BLOCK).fill(limb)));
  const point = (x: bigint, y: bigint): number => place([...encodeElement(x, Q), ...encodeElement(y, Q)]);
  const tables: CurveTables = {
    integerOne: block(balancedLimbs(1n)),
    squaredRadix: block(encodeElement(2n ** 255n, Q)),
    cubedRadix: block(encodeElement(2n ** 510n, Q)),
    one: block(encodeElement(1n, Q)),
    nine: block(encodeElement(9n, Q)),
    fillers: [point(GENERATOR.x, GENERATOR.y), point(TWICE_GENERATOR.x, TWICE_GENERATOR.y)],
  };
  module.func(`(data (i32.const ${TABLES_START}) "${data}")`);
  return tables;
}

const GENERATOR = { x: 1n, y: 2n };
/** slope = 3/4, so x = 9/16 - 2 and y = 3/4·(1 - x) - 2. */
const TWICE_GENERATOR = { x: fraction(-23n, 16n), y: fraction(-11n, 64n) };

function fraction(numerator: bigint, denominator: bigint): bigint {
  return positive(numerator * inverse(denominator, Q), Q);
}

function littleEndian(value: number): string {
  const bits = bitsOf(value);
  return Array.from(
    { length: 8 },
    (_, i) => `\\${((bits >> BigInt(8 * i)) & 255n).toString(16).padStart(2, "0")}`,
  ).join("");
}

/** Digits of 51 bits of a constant in [0, 2^255), for code that works on unsigned digits. */
export function unsignedDigits(value: bigint): bigint[] {
  const mask = (1n << BigInt(LIMB_BITS)) - 1n;
  return Array.from({ length: LIMBS }, (_, j) => (value >> BigInt(LIMB_BITS * j)) & mask);
}
