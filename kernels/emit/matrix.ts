/**
 * Coefficients times a matrix of 32-bit integers: out[k] += sum_f c[f]·M[f][k].
 *
 * Each 51-bit limb of c[f] is cut in a low half of 26 bits and a high half of 25, balanced; each integer in a low half in
 * [-2^15, 2^15) and a high half. A product of halves is below 2^40 and sums of 2^11 of them stay below 2^51, so plain f64
 * multiply-adds are exact. The high halves of integers are zero for 16-bit data and then cost nothing.
 *
 * Accumulators of 8 columns k, 640 bytes: row 2j of 8 f64 weighs 2^(51 j), row 2j + 1 weighs 2^(51 j + 26).
 * Columns are taken 16 at a time (a cache line of the matrix), rows PACKED_ROWS at a time, packed as f64 in scratch.
 */

import { ACCUMULATOR_BYTES, arithmeticFunction } from "./block.ts";
import type { Arithmetic } from "./columns.ts";
import { addLimbs, addProduct, addToColumn, createColumns, double, finishLimbs, weakReduce } from "./columns.ts";
import {
  advance,
  call,
  defineFunction,
  get,
  int,
  least,
  plus,
  repeat,
  retreat,
  scratch,
  set,
  times,
} from "./control.ts";
import type { FieldConstants } from "./field.ts";
import { BLOCK, BLOCK_BYTES, LIMB_STRIDE, LIMBS } from "./field.ts";
import type { ModuleText, Value } from "./module.ts";
import { bitsOf, createCode } from "./module.ts";

/** Columns of one tile. */
export const TILE_COLUMNS = 16;
/** Bytes of the halves of one coefficient: low and high of limb 0, of limb 1, ... */
export const HALVES_BYTES = 8 * 2 * LIMBS;
/** Rows between two reductions: 2^11·2^25·2^15 = 2^51. */
export const MAX_MATRIX_ROWS = 2048;

/** 64 rows of 16 f64 are 8 KiB, a quarter of a first-level cache. */
const PACKED_ROWS = 64;
const PACKED_ROW_BYTES = 8 * TILE_COLUMNS;
const HALF_BITS = 26;
const BLOCKS_OF_TILE = TILE_COLUMNS / BLOCK;
/** Scratch: accumulators for low and for high halves of the integers, then the packed rows. */
const LOW_SUMS = 0;
const HIGH_SUMS = BLOCKS_OF_TILE * ACCUMULATOR_BYTES;
const PACKED = 2 * HIGH_SUMS;
const ROUNDER = 1.5 * 2 ** 52;

export function defineMatrix(module: ModuleText, field: FieldConstants): void {
  defineHalves(module);
  definePack(module, "packLow");
  definePack(module, "packHigh");
  defineMultiplyTile(module);
  defineFlush(module, field, "flushLow", 0);
  defineFlush(module, field, "flushHigh", 16);
  defineMatrixTile(module);
}

/** halvesN(blocks, out, count): the halves of count·8 coefficients, each as consecutive f64. */
function defineHalves(module: ModuleText): void {
  const body = Array.from({ length: LIMBS }, (_, j) => [
    `(local.set $limb (f64.load offset=${LIMB_STRIDE * j} ${get("at")}))`,
    `(local.set $high (f64.nearest (f64.mul (local.get $limb) (f64.const ${2 ** -HALF_BITS}))))`,
    `(f64.store offset=${16 * j} ${get("out")} (f64.sub (local.get $limb) (f64.mul (local.get $high) (f64.const ${2 ** HALF_BITS}))))`,
    `(f64.store offset=${16 * j + 8} ${get("out")} (local.get $high))`,
  ]).flat();
  defineFunction(
    module,
    "halvesN",
    { parameters: ["blocks", "out", "count"], locals: ["lane", "at"], doubles: ["limb", "high"] },
    repeat(
      "count",
      set("at", get("blocks")),
      set("lane", int(BLOCK)),
      repeat("lane", ...body, advance("at", 8), advance("out", HALVES_BYTES)),
      advance("blocks", BLOCK_BYTES),
    ),
  );
}

/**
 * packLow(matrix, rowBytes, out, rows): low halves of 16 columns as f64; returns whether some high half is not zero.
 * packHigh: the high halves.
 */
function definePack(module: ModuleText, name: "packLow" | "packHigh"): void {
  const body: string[] = [];
  for (let group = 0; group < TILE_COLUMNS / 4; group++) {
    // x - low may pass 2^31, so the high half comes from x itself: ((x >> 15) + 1) >> 1.
    const shifted = "(i32x4.shr_s (local.get $x) (i32.const 15))";
    const low = "(i32x4.shr_s (i32x4.shl (local.get $x) (i32.const 16)) (i32.const 16))";
    body.push(`(local.set $x (v128.load offset=${16 * group} ${get("matrix")}))`, `(local.set $low ${low})`);
    body.push(`(local.set $high (i32x4.shr_s (i32x4.add ${shifted} (i32x4.splat (i32.const 1))) (i32.const 1)))`);
    const kept = name === "packLow" ? "low" : "high";
    if (kept === "low") body.push("(local.set $any (v128.or (local.get $any) (local.get $high)))");
    const upper = `(i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $${kept}) (local.get $${kept}))`;
    body.push(`(v128.store offset=${32 * group} ${get("out")} (f64x2.convert_low_i32x4_s (local.get $${kept})))`);
    body.push(`(v128.store offset=${32 * group + 16} ${get("out")} (f64x2.convert_low_i32x4_s ${upper}))`);
  }
  const shape = { parameters: ["matrix", "rowBytes", "out", "rows"], vectors: ["x", "low", "high", "any"] };
  const loop = repeat("rows", ...body, advance("matrix", get("rowBytes")), advance("out", PACKED_ROW_BYTES));
  defineFunction(module, name, { ...shape, result: "i32" }, loop, "(v128.any_true (local.get $any))");
}

/**
 * multiplyTile(halves, packed, sums, rows): for each of the four groups of 4 columns and each half of the limbs, ten sums
 * stay in registers over all rows.
 */
function defineMultiplyTile(module: ModuleText): void {
  const parts: string[] = [];
  const locals: string[] = [];
  for (let group = 0; group < TILE_COLUMNS / 4; group++) {
    for (let half = 0; half < 2; half++) {
      const code = createCode(module, 2, `g${group}${half}_`);
      const offset = (j: number): number =>
        Math.floor(group / 2) * ACCUMULATOR_BYTES + LIMB_STRIDE * (2 * j + half) + 32 * (group % 2);
      const sums = Array.from({ length: LIMBS }, (_, j) => code.load("sums", offset(j)));
      parts.push(...code.lines.splice(0), set("h", get("halves")), set("p", get("packed")), set("left", get("rows")));
      const data = code.load("p", 32 * group);
      sums.forEach((sum, j) => {
        const shared = [code.each(() => `(v128.load64_splat offset=${16 * j + 8 * half} ${get("h")})`)[0]!];
        assign(code, sum, multiplyAdd(code, data, shared, sum));
      });
      parts.push(repeat("left", ...code.lines.splice(0), advance("h", HALVES_BYTES), advance("p", PACKED_ROW_BYTES)));
      sums.forEach((sum, j) => code.store("sums", offset(j), sum));
      parts.push(...code.lines);
      locals.push(...code.locals);
    }
  }
  const shape = { parameters: ["halves", "packed", "sums", "rows"], locals: ["h", "p", "left"], vectors: locals };
  defineFunction(module, "multiplyTile", shape, ...parts);
}

type Code = ReturnType<typeof createCode>;

function multiplyAdd(code: Code, x: Value, y: Value, sum: Value): Value {
  if (code.product === "fused") return code.op("f64x2.relaxed_madd", x, y, sum);
  return code.op("f64x2.add", code.op("f64x2.mul", x, y), sum);
}

function assign(code: Code, target: Value, value: Value): void {
  target.forEach((local, lane) => code.lines.push(`(local.set $${local} (local.get $${value[lane]}))`));
}

/** out += sums·2^shift, weakly reduced; |sum| <= 2^51, so the total stays below 2^43 r. */
function defineFlush(module: ModuleText, field: FieldConstants, name: string, shift: number): void {
  arithmeticFunction(module, field, name, ["sums", "out"], ({ arithmetic, limb, setLimb }) => {
    const columns = createColumns(2 * LIMBS + 1);
    const scaled = (k: number, value: Value, exponent: number): void =>
      addProduct(arithmetic, columns, k, value, double(arithmetic, 2 ** exponent));
    for (let j = 0; j < LIMBS; j++) {
      if (shift === 0) addWhole(arithmetic, columns, LIMBS + j, limb("sums", 2 * j));
      else scaled(LIMBS + j, limb("sums", 2 * j), shift);
      scaled(LIMBS + j, limb("sums", 2 * j + 1), shift + HALF_BITS);
    }
    addLimbs(arithmetic, columns, [{ sign: 1, limb: (j) => limb("out", j) }]);
    weakReduce(arithmetic, columns, "far");
    finishLimbs(arithmetic, columns).forEach((value, j) => setLimb("out", j, value));
  });
}

function addWhole(arithmetic: Arithmetic, columns: ReturnType<typeof createColumns>, k: number, value: Value): void {
  const biased = arithmetic.code.op("f64x2.add", value, double(arithmetic, ROUNDER));
  addToColumn(arithmetic, columns, k, biased, bitsOf(ROUNDER));
}

/**
 * matrixTiles(halves, matrix, rowBytes, rows, out, tiles): out (2 blocks per tile) += coefficients times rows of the matrix;
 * rows <= MAX_MATRIX_ROWS. Reads up to 15 integers past the last column of a row.
 */
function defineMatrixTile(module: ModuleText): void {
  const packed = (pack: string): string => call(pack, get("at"), get("rowBytes"), scratch(PACKED), get("batch"));
  const multiply = (sums: number): string =>
    call("multiplyTile", get("h"), scratch(PACKED), scratch(sums), get("batch"));
  const eachBlock = (flush: string, sums: number): string[] =>
    Array.from({ length: BLOCKS_OF_TILE }, (_, b) =>
      call(flush, scratch(sums + b * ACCUMULATOR_BYTES), plus(get("out"), b * BLOCK_BYTES)),
    );
  defineFunction(
    module,
    "matrixTiles",
    {
      parameters: ["halves", "matrix", "rowBytes", "rows", "out", "tiles"],
      locals: ["left", "batch", "at", "h", "anyHigh"],
    },
    repeat(
      "tiles",
      `(memory.fill ${scratch(0)} (i32.const 0) ${int(PACKED)})`,
      set("left", get("rows")),
      set("at", get("matrix")),
      set("h", get("halves")),
      set("anyHigh", int(0)),
      "(loop $batches (if (local.get $left) (then",
      set("batch", least(get("left"), int(PACKED_ROWS))),
      retreat("left", get("batch")),
      `(if ${packed("packLow")} (then`,
      `(drop ${packed("packHigh")})`,
      multiply(HIGH_SUMS),
      `(drop ${packed("packLow")})`,
      set("anyHigh", int(1)),
      "))",
      multiply(LOW_SUMS),
      advance("at", times(get("rowBytes"), get("batch"))),
      advance("h", times(get("batch"), HALVES_BYTES)),
      "(br $batches))))",
      ...eachBlock("flushLow", LOW_SUMS),
      `(if ${get("anyHigh")} (then ${eachBlock("flushHigh", HIGH_SUMS).join(" ")}))`,
      advance("matrix", 4 * TILE_COLUMNS),
      advance("out", BLOCKS_OF_TILE * BLOCK_BYTES),
    ),
  );
}
