/**
 * Between limbs and bytes.
 *
 *     fqReadBytes(record, out)     coordinates at record, record + 64, ... (big-endian, below 2^255) to a block of integers
 *     fqWriteBytes(block, record)  the inverse; block holds weakly reduced integers, taken mod q into [0, q)
 *     frWriteWords(block, words, bias)  eight integers plus a bias (digits of 51 bits, as i64) in [0, 2^256)
 *                                  to 32 bytes little-endian at words + WORDS_STRIDE·lane
 *
 * Integers are five digits of 51 bits: balanced (limbs) in blocks, unsigned on the way.
 */
import { Q } from "../../../core/field.ts";
import { BLOCK, LIMB_BITS, LIMB_STRIDE, LIMBS } from "../field.ts";
import type { ModuleText } from "../module.ts";
import { unsignedDigits } from "./tables.ts";

/** Bytes between the records of neighbouring lanes: x || y. */
export const RECORD_BYTES = 64;

/** Bytes of one scalar: four words, and room for reads past the last. */
export const WORDS_STRIDE = 40;

const MASK = `(i64.const ${(1n << BigInt(LIMB_BITS)) - 1n})`;
const HALF = `(i64.const ${1n << BigInt(LIMB_BITS - 1)})`;
const REVERSE = "15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0";

const get = (name: string): string => `(local.get $${name})`;
const set = (name: string, value: string): string => `(local.set $${name} ${value})`;
const add = (a: string, b: string): string => `(i64.add ${a} ${b})`;
const and = (a: string, b: string): string => `(i64.and ${a} ${b})`;
const or = (a: string, b: string): string => `(i64.or ${a} ${b})`;
const shl = (a: string, bits: number): string => (bits === 0 ? a : `(i64.shl ${a} (i64.const ${bits}))`);
const shr = (a: string, bits: number): string => (bits === 0 ? a : `(i64.shr_u ${a} (i64.const ${bits}))`);
const shrSigned = (a: string, bits: number): string => `(i64.shr_s ${a} (i64.const ${bits}))`;

export function defineWords(module: ModuleText): void {
  const locals =
    "(local $d0 i64) (local $d1 i64) (local $d2 i64) (local $d3 i64) (local $d4 i64) (local $c i64) (local $v v128)";
  const words = "(local $w0 i64) (local $w1 i64) (local $w2 i64) (local $w3 i64)";
  const define = (name: string, parameters: string, lane: (lane: number) => string[]): void => {
    const lines = Array.from({ length: BLOCK }, (_, l) => lane(l)).flat();
    module.func(`(func $${name} (export "${name}") ${parameters} ${locals} ${words}\n${lines.join("\n")})`);
  };
  define("fqReadBytes", "(param $record i32) (param $out i32)", readLane);
  define("fqWriteBytes", "(param $block i32) (param $record i32)", writeLane);
  define("frWriteWords", "(param $block i32) (param $words i32) (param $bias i32)", writeWordsLane);
}

function readLane(lane: number): string[] {
  const lines: string[] = [];
  for (const half of [0, 1]) {
    const load = `(v128.load offset=${RECORD_BYTES * lane + 16 * half} align=1 ${get("record")})`;
    lines.push(set("v", `(i8x16.shuffle ${REVERSE} ${load} (v128.const i64x2 0 0))`));
    lines.push(set(`w${2 - 2 * half}`, `(i64x2.extract_lane 0 ${get("v")})`));
    lines.push(set(`w${3 - 2 * half}`, `(i64x2.extract_lane 1 ${get("v")})`));
  }
  // Digit j starts at bit 51 j, in word (51 j) >> 6.
  for (let j = 0; j < LIMBS; j++) {
    const bit = LIMB_BITS * j;
    const low = shr(get(`w${bit >> 6}`), bit & 63);
    const above =
      (bit & 63) + LIMB_BITS > 64 && bit >> 6 < 3 ? or(low, shl(get(`w${(bit >> 6) + 1}`), 64 - (bit & 63))) : low;
    lines.push(set(`d${j}`, j < LIMBS - 1 ? and(above, MASK) : above));
  }
  lines.push(set("c", "(i64.const 0)"));
  for (let j = 0; j < LIMBS; j++) {
    lines.push(set(`d${j}`, add(get(`d${j}`), get("c"))));
    const store = (value: string): string =>
      `(f64.store offset=${LIMB_STRIDE * j + 8 * lane} ${get("out")} (f64.convert_i64_s ${value}))`;
    if (j === LIMBS - 1) {
      lines.push(store(get(`d${j}`)));
      continue;
    }
    lines.push(set(`d${j}`, add(get(`d${j}`), HALF)));
    lines.push(set("c", shr(get(`d${j}`), LIMB_BITS)));
    lines.push(store(`(i64.sub ${and(get(`d${j}`), MASK)} ${HALF})`));
  }
  return lines;
}

/** Digits d0..d4 of the lane's integer: d0..d3 unsigned, d4 signed. `term` adds to digit j. */
function carriedDigits(lane: number, term?: (j: number) => string): string[] {
  const lines: string[] = [];
  for (let j = 0; j < LIMBS; j++) {
    // Saturating, because unused lanes of a last block may hold anything.
    let value = `(i64.trunc_sat_f64_s (f64.load offset=${LIMB_STRIDE * j + 8 * lane} ${get("block")}))`;
    if (term) value = add(value, term(j));
    lines.push(set(`d${j}`, j === 0 ? value : add(value, get("c"))));
    if (j < LIMBS - 1) lines.push(set("c", shrSigned(get(`d${j}`), LIMB_BITS)), set(`d${j}`, and(get(`d${j}`), MASK)));
  }
  return lines;
}

/** Words w0..w3, least significant first, of digits d0..d4. */
function packWords(): string[] {
  return [0, 1, 2, 3].map((word) => {
    const parts: string[] = [];
    for (let j = 0; j < LIMBS; j++) {
      const shift = LIMB_BITS * j - 64 * word;
      if (shift <= -LIMB_BITS && j < LIMBS - 1) continue;
      if (shift >= 64) continue;
      parts.push(shift >= 0 ? shl(get(`d${j}`), shift) : shr(get(`d${j}`), -shift));
    }
    return set(`w${word}`, parts.reduce(or));
  });
}

function writeLane(lane: number): string[] {
  const lines = carriedDigits(lane);
  // All ones when the integer is negative: then q is added.
  const negative = shrSigned(get("d4"), 63);
  lines.push(`(local.set $w0 ${negative})`);
  for (const [j, digit] of unsignedDigits(Q).entries()) {
    const sum = add(get(`d${j}`), and(get("w0"), `(i64.const ${digit})`));
    lines.push(set(`d${j}`, j === 0 ? sum : add(sum, get("c"))));
    if (j < LIMBS - 1) lines.push(set("c", shr(get(`d${j}`), LIMB_BITS)), set(`d${j}`, and(get(`d${j}`), MASK)));
  }
  lines.push(...packWords());
  for (const half of [0, 1]) {
    const pair = `(i64x2.replace_lane 1 (i64x2.splat ${get(`w${2 - 2 * half}`)}) ${get(`w${3 - 2 * half}`)})`;
    lines.push(
      `(v128.store offset=${RECORD_BYTES * lane + 16 * half} align=1 ${get("record")} (i8x16.shuffle ${REVERSE} ${pair} (v128.const i64x2 0 0)))`,
    );
  }
  return lines;
}

function writeWordsLane(lane: number): string[] {
  const lines = carriedDigits(lane, (j) => `(i64.load offset=${8 * j} ${get("bias")})`);
  lines.push(...packWords());
  for (let word = 0; word < 4; word++) {
    lines.push(`(i64.store offset=${WORDS_STRIDE * lane + 8 * word} ${get("words")} ${get(`w${word}`)})`);
  }
  return lines;
}
