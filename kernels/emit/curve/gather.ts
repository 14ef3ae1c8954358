/**
 * Points between memory order and block order.
 *
 * An entry is the address of a point, a multiple of 16, plus 1 if the point is to be negated. A list block is 64 bytes: eight
 * entries P, then eight entries Q. A pair block is 1280 bytes: blocks P.x, P.y, Q.x, Q.y.
 *
 *     point (80 bytes)   x0 x1 | x2 x3 | x4 y0 | y1 y2 | y3 y4      five v128
 *     block row          limb k of lanes 0 1 | 2 3 | 4 5 | 6 7      four v128
 */
import { BLOCK_BYTES, LIMB_STRIDE, LIMBS } from "../field.ts";
import type { ModuleText } from "../module.ts";
import { POINT_BYTES } from "./tables.ts";

export const LIST_BYTES = 64;
export const PAIR_BLOCK_BYTES = 4 * BLOCK_BYTES;

const LOW = "0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23";
const HIGH = "8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31";
const ROWS = 2 * LIMBS;

/** Byte offset of row `row` (x limbs, then y limbs) in two neighbouring blocks. */
const rowOffset = (row: number): number =>
  row < LIMBS ? row * LIMB_STRIDE : BLOCK_BYTES + (row - LIMBS) * LIMB_STRIDE;

export function defineGather(module: ModuleText): void {
  module.func(gather("g1Gather", [0, 1]));
  module.func(gather("g1GatherFirst", [0]));
  module.func(scatter());
  module.func(copyPoint());
}

/** (list, out): the points of a list block to out, a pair block; `sides` 0 is P, 1 is Q. */
function gather(name: string, sides: readonly number[]): string {
  const lines: string[] = [];
  for (const side of sides) {
    for (let pair = 0; pair < 4; pair++) {
      const entry = 32 * side + 8 * pair;
      lines.push(
        `(local.set $a (i32.load offset=${entry} (local.get $list)))`,
        `(local.set $b (i32.load offset=${entry + 4} (local.get $list)))`,
        // The sign bit of a double is bit 63, where entry bit 0 lands.
        `(local.set $sign (i64x2.shl (i64x2.replace_lane 1 (i64x2.splat (i64.extend_i32_u (local.get $a)))`,
        `  (i64.extend_i32_u (local.get $b))) (i32.const 63)))`,
        `(local.set $a (i32.and (local.get $a) (i32.const -2)))`,
        `(local.set $b (i32.and (local.get $b) (i32.const -2)))`,
      );
      for (let row = 0; row < ROWS; row += 2) {
        lines.push(
          `(local.set $x (v128.load offset=${8 * row} (local.get $a)))`,
          `(local.set $y (v128.load offset=${8 * row} (local.get $b)))`,
        );
        for (const [half, lanes] of [LOW, HIGH].entries()) {
          const value = `(i8x16.shuffle ${lanes} (local.get $x) (local.get $y))`;
          const signed = row + half < LIMBS ? value : `(v128.xor ${value} (local.get $sign))`;
          const offset = 2 * BLOCK_BYTES * side + rowOffset(row + half) + 16 * pair;
          lines.push(`(v128.store offset=${offset} (local.get $out) ${signed})`);
        }
      }
    }
  }
  return [
    `(func $${name} (export "${name}") (param $list i32) (param $out i32)`,
    "(local $a i32) (local $b i32) (local $x v128) (local $y v128) (local $sign v128)",
    ...lines,
    ")",
  ].join("\n");
}

/** (blocks, out): blocks x, y to eight consecutive points. */
function scatter(): string {
  const lines: string[] = [];
  for (let pair = 0; pair < 4; pair++) {
    for (let row = 0; row < ROWS; row += 2) {
      lines.push(
        `(local.set $x (v128.load offset=${rowOffset(row) + 16 * pair} (local.get $blocks)))`,
        `(local.set $y (v128.load offset=${rowOffset(row + 1) + 16 * pair} (local.get $blocks)))`,
      );
      for (const [half, lanes] of [LOW, HIGH].entries()) {
        const offset = (2 * pair + half) * POINT_BYTES + 8 * row;
        const value = `(i8x16.shuffle ${lanes} (local.get $x) (local.get $y))`;
        lines.push(`(v128.store offset=${offset} (local.get $out) ${value})`);
      }
    }
  }
  return `(func $g1Scatter (export "g1Scatter") (param $blocks i32) (param $out i32) (local $x v128) (local $y v128)\n${lines.join("\n")})`;
}

/** (entry, out): the point of an entry, negated if the entry says so. entry and out may be the same point. */
function copyPoint(): string {
  const lines = [
    "(local.set $sign (i64x2.shl (i64x2.splat (i64.extend_i32_u (local.get $entry))) (i32.const 63)))",
    "(local.set $entry (i32.and (local.get $entry) (i32.const -2)))",
  ];
  for (let at = 0; at < POINT_BYTES; at += 16) {
    const value = `(v128.load offset=${at} (local.get $entry))`;
    // The middle v128 holds x4 and y0.
    const mask =
      at < 32 ? null : at === 32 ? "(v128.and (local.get $sign) (v128.const i64x2 0 -1))" : "(local.get $sign)";
    lines.push(`(v128.store offset=${at} (local.get $out) ${mask === null ? value : `(v128.xor ${value} ${mask})`})`);
  }
  return `(func $g1Copy (export "g1Copy") (param $entry i32) (param $out i32) (local $sign v128)\n${lines.join("\n")})`;
}
