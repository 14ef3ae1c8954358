/**
 * Block kernels over the base field F_q, and inversion.
 *
 * Ranges are those of `emit/block.ts`: results called weak are at most (1/2 + 2^-30) q in absolute value, others 1.02 q.
 *
 * Inversion of a block: the product of its eight lanes is inverted as one integer (`inverse.ts`), and the lanes are
 * divided out again with the products of the others.
 */
import { Q } from "../../../core/field.ts";
import { defineMultiply, defineSquare, defineSum } from "../block.ts";
import { BLOCK_BYTES, fieldConstants, LIMB_STRIDE, LIMBS } from "../field.ts";
import type { ModuleText } from "../module.ts";
import { defineControl } from "./control.ts";
import { defineInverseKernels, INVERSE_TEMP_BYTES, inverseControl } from "./inverse.ts";
import type { CurveTables } from "./tables.ts";

/** Returns the names of the functions that have a result. */
export function defineFieldKernels(module: ModuleText, tables: CurveTables): string[] {
  const q = fieldConstants(Q);
  defineMultiply(module, q, "fqMultiply", ["a", "b", "out"], "a", "b");
  defineMultiply(module, q, "fqMultiplyWeak", ["a", "b", "out"], "a", "b", { weak: "near" });
  defineSquare(module, q, "fqSquareWeak", ["a", "out"], "a", { weak: "near" });
  // a·(b - c)
  defineMultiply(module, q, "fqMultiplyDifference", ["a", "b", "c", "out"], "a", { minus: ["b", "c"] });
  // a·(b - c) - d, weak
  defineMultiply(
    module,
    q,
    "fqChord",
    ["a", "b", "c", "d", "out"],
    "a",
    { minus: ["b", "c"] },
    {
      addends: [{ sign: -1, block: "d" }],
      weak: "near",
    },
  );
  // a^2 - b - c, weak
  defineSquare(module, q, "fqSquareMinus", ["a", "b", "c", "out"], "a", {
    addends: [
      { sign: -1, block: "b" },
      { sign: -1, block: "c" },
    ],
    weak: "near",
  });
  // (a + b)(c + d) - e - f, weak; every input weak
  defineMultiply(
    module,
    q,
    "fqCross",
    ["a", "b", "c", "d", "e", "f", "out"],
    { plus: ["a", "b"] },
    { plus: ["c", "d"] },
    {
      addends: [
        { sign: -1, block: "e" },
        { sign: -1, block: "f" },
      ],
      weak: "near",
    },
  );
  // a·b ± c, weak
  defineMultiply(module, q, "fqMultiplyPlus", ["a", "b", "c", "out"], "a", "b", {
    addends: [{ sign: 1, block: "c" }],
    weak: "near",
  });
  defineMultiply(module, q, "fqMultiplyMinus", ["a", "b", "c", "out"], "a", "b", {
    addends: [{ sign: -1, block: "c" }],
    weak: "near",
  });
  const sum = (name: string, signs: readonly (1 | -1)[]): void => {
    const parameters = ["a", "b", "c"].slice(0, signs.length);
    const terms = signs.map((sign, i) => ({ sign, block: parameters[i]! }));
    defineSum(module, q, name, [...parameters, "out"], terms);
  };
  sum("fqAdd", [1, 1]);
  sum("fqSubtract", [1, -1]);
  sum("fqAddThree", [1, 1, 1]);
  for (const distance of [1, 2, 4]) module.func(swapLanes(distance));
  module.func(copyBlock());
  module.func(broadcastLane());
  defineInverseKernels(module);
  return defineControl(module, inversion(tables));
}

/** out lane l = a lane (l xor distance) */
function swapLanes(distance: number): string {
  const lines: string[] = [];
  for (let j = 0; j < LIMBS; j++) {
    for (let pair = 0; pair < 4; pair++) {
      const from = LIMB_STRIDE * j + 16 * (distance === 1 ? pair : pair ^ (distance / 2));
      const value = `(v128.load offset=${from} (local.get $a))`;
      const swapped =
        distance === 1 ? `(i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 ${value} ${value})` : value;
      lines.push(`(v128.store offset=${LIMB_STRIDE * j + 16 * pair} (local.get $out) ${swapped})`);
    }
  }
  return `(func $fqSwap${distance} (param $a i32) (param $out i32) ${lines.join("\n")})`;
}

function copyBlock(): string {
  const lines: string[] = [];
  for (let at = 0; at < BLOCK_BYTES; at += 16) {
    lines.push(`(v128.store offset=${at} (local.get $out) (v128.load offset=${at} (local.get $a)))`);
  }
  return `(func $blockCopy (param $a i32) (param $out i32) ${lines.join("\n")})`;
}

/** Every lane of a becomes its lane 0. */
function broadcastLane(): string {
  const lines: string[] = [];
  for (let j = 0; j < LIMBS; j++) {
    lines.push(`(local.set $x (v128.load64_splat offset=${LIMB_STRIDE * j} (local.get $a)))`);
    for (let pair = 0; pair < 4; pair++) {
      lines.push(`(v128.store offset=${LIMB_STRIDE * j + 16 * pair} (local.get $a) (local.get $x))`);
    }
  }
  return `(func $blockBroadcast (param $a i32) (local $x v128) ${lines.join("\n")})`;
}

if (INVERSE_TEMP_BYTES > BLOCK_BYTES) throw new RangeError("an inversion does not fit in a block");

/** Blocks of scratch that fqInvert uses. */
export const INVERSION_BLOCKS = 8;

/**
 * fqInvert(a, out, temp): out = 1/a in every lane; `temp` holds INVERSION_BLOCKS blocks. It returns 1 and leaves `out` unset when
 * some lane is zero.
 */
function inversion(tables: CurveTables): string {
  const block = (index: number): string => `temp + ${BLOCK_BYTES * index}`;
  const [swapped1, pairs, swapped2, fours, swapped4, product, integer] = [0, 1, 2, 3, 4, 5, 6].map(block);
  // Weakly reduced, zero has only one form.
  const productIsZero = Array.from({ length: LIMBS }, (_, j) => `holdsZero(${product} + ${LIMB_STRIDE * j})`).join(
    " & ",
  );
  return `
    ${inverseControl()}
    func fqInvert(a, out, temp) {
      fqSwap1(a, ${swapped1});
      fqMultiply(a, ${swapped1}, ${pairs});
      fqSwap2(${pairs}, ${swapped2});
      fqMultiply(${pairs}, ${swapped2}, ${fours});
      fqSwap4(${fours}, ${swapped4});
      fqMultiplyWeak(${fours}, ${swapped4}, ${product});
      if (${productIsZero}) { return 1; }
      fqIntegerInverse(${product}, ${product}, ${integer});
      blockBroadcast(${product});
      fqMultiplyWeak(${product}, ${tables.cubedRadix}, ${product});
      fqMultiply(${product}, ${swapped4}, ${product});
      fqMultiply(${product}, ${swapped2}, ${product});
      fqMultiply(${product}, ${swapped1}, out);
      return 0;
    }`;
}
