/**
 * Sums of products: dot products, linear combinations, evaluation.
 *
 * Products are added unreduced to accumulators (block.ts) and reduced once per MAX_ACCUMULATED_CALLS. Inputs are stored
 * elements; outputs are weakly reduced blocks holding one partial sum per lane, added to what the output block held.
 */

import {
  ACCUMULATOR_BYTES,
  arithmeticFunction,
  defineMultiplyAccumulate,
  defineReduceAccumulator,
  INTEGERS_STRIDE,
  MAX_ACCUMULATED_CALLS,
} from "./block.ts";
import { addProduct, addToColumn, createColumns, double, finishLimbs, splitProduct, weakReduce } from "./columns.ts";
import {
  advance,
  call,
  defineFunction,
  get,
  int,
  least,
  minus,
  plus,
  repeat,
  retreat,
  scratch,
  set,
  times,
} from "./control.ts";
import { INT_BLOCK_BYTES, plusBlock } from "./elementwise.ts";
import type { FieldConstants } from "./field.ts";
import { BLOCK_BYTES, LIMB_STRIDE, LIMBS } from "./field.ts";
import type { ModuleText } from "./module.ts";
import { bitsOf } from "./module.ts";

const COLUMNS = 2 * LIMBS;
/** Scratch offsets: accumulator, its initial value, one temporary block. */
const [SUM, INITIAL, TEMPORARY] = [0, ACCUMULATOR_BYTES, 2 * ACCUMULATOR_BYTES] as const;

/** Blocks summed between two reductions by `evaluateN`, and the length of its table of powers. */
export const EVALUATION_TILE = 64;

/** `linearN` takes at most this many addends. */
export const MAX_ADDENDS = 96;

/** One addend of `linearN`: address of the source, bytes per block (320 or 32), address of the scale block, 0. */
export const ADDEND_BYTES = 16;

export function defineAccumulation(module: ModuleText, field: FieldConstants): void {
  const offsets = defineMultiplyAccumulate(module, field, "mac", ["a", "b", "accumulator"], "a", "b");
  const intOffsets = defineIntAccumulate(module, field);
  defineReduceAccumulator(module, field, "reduceAdd", ["accumulator", "c", "out"], "accumulator", {
    addends: [plusBlock("c")],
  });
  defineClear(module, offsets, intOffsets);
  defineDot(module);
  defineLinear(module);
  defineEvaluate(module);
  defineDotInts(module, field);
}

/** accumulator += scale·integer: five products in columns 0..5. */
function defineIntAccumulate(module: ModuleText, field: FieldConstants): bigint[] {
  let offsets: bigint[] = [];
  arithmeticFunction(
    module,
    field,
    "macInts",
    ["integers", "scale", "accumulator"],
    (context) => {
      const columns = createColumns();
      const integers = context.integers("integers");
      for (let j = 0; j < LIMBS; j++) addProduct(context.arithmetic, columns, j, context.limb("scale", j), integers);
      columns.acc.forEach((value, k) => {
        if (!value) return;
        const held = context.limb("accumulator", k);
        context.setLimb("accumulator", k, context.arithmetic.code.op("i64x2.add", held, value));
      });
      offsets = columns.offset.slice();
    },
    { halfStrides: { integers: INTEGERS_STRIDE } },
  );
  return offsets;
}

/** clear(accumulator, macs, intMacs): the value from which so many calls arrive at the bare sum. */
function defineClear(module: ModuleText, offsets: readonly bigint[], intOffsets: readonly bigint[]): void {
  const column = (k: number): string => {
    const part = (count: string, offset: bigint): string =>
      `(i64.mul (i64.extend_i32_u ${get(count)}) (i64.const ${BigInt.asIntN(64, -offset)}))`;
    return `(i64x2.splat (i64.add ${part("macs", offsets[k]!)} ${part("intMacs", intOffsets[k]!)}))`;
  };
  defineFunction(
    module,
    "clear",
    { parameters: ["accumulator", "macs", "intMacs"], vectors: ["value"] },
    ...Array.from({ length: COLUMNS }, (_, k) =>
      [
        `(local.set $value ${column(k)})`,
        ...[0, 16, 32, 48].map((lane) => {
          return `(v128.store offset=${LIMB_STRIDE * k + lane} ${get("accumulator")} (local.get $value))`;
        }),
      ].join("\n"),
    ),
  );
}

/** dotN(a, b, out, count): out += sum over blocks of a·b */
function defineDot(module: ModuleText): void {
  defineFunction(
    module,
    "dotN",
    { parameters: ["a", "b", "out", "count"], locals: ["calls"] },
    "(loop $chunks (if (local.get $count) (then",
    set("calls", least(get("count"), int(MAX_ACCUMULATED_CALLS))),
    retreat("count", get("calls")),
    call("clear", scratch(SUM), get("calls"), int(0)),
    repeat(
      "calls",
      call("mac", get("a"), get("b"), scratch(SUM)),
      advance("a", BLOCK_BYTES),
      advance("b", BLOCK_BYTES),
    ),
    call("reduceAdd", scratch(SUM), get("out"), get("out")),
    "(br $chunks))))",
  );
}

/**
 * linearN(out, constant, addends, addendCount, macs, first, count): for blocks first <= i < first + count,
 * out[i] = constant + sum of scale·source[i]; `macs` addends come from elements, the others from integers.
 * The scale block of an integer addend holds scale·R, so that the reduction leaves scale·integer in Montgomery form.
 */
function defineLinear(module: ModuleText): void {
  const rows = Array.from({ length: ACCUMULATOR_BYTES / 16 }, (_, k) => {
    return `(v128.store offset=${16 * k} ${scratch(SUM)} (v128.load offset=${16 * k} ${scratch(INITIAL)}))`;
  });
  const field = (offset: number): string => `(i32.load offset=${offset} ${get("addend")})`;
  defineFunction(
    module,
    "linearN",
    {
      parameters: ["out", "constant", "addends", "addendCount", "macs", "first", "count"],
      locals: ["addend", "left", "source"],
    },
    call("clear", scratch(INITIAL), get("macs"), minus(get("addendCount"), get("macs"))),
    advance("out", times(get("first"), BLOCK_BYTES)),
    repeat(
      "count",
      ...rows,
      set("addend", get("addends")),
      set("left", get("addendCount")),
      repeat(
        "left",
        set("source", plus(field(0), times(get("first"), field(4)))),
        `(if (i32.eq ${field(4)} ${int(BLOCK_BYTES)})`,
        `(then ${call("mac", field(8), get("source"), scratch(SUM))})`,
        `(else ${call("macInts", get("source"), field(8), scratch(SUM))}))`,
        advance("addend", ADDEND_BYTES),
      ),
      call("reduceAdd", scratch(SUM), get("constant"), get("out")),
      advance("out", BLOCK_BYTES),
      advance("first", 1),
    ),
  );
}

/**
 * evaluateN(v, powers, jump, out, count): out = sum over blocks i of v[i]·z^(8 i), lane by lane.
 * powers: EVALUATION_TILE blocks, z^(8 i) in every lane of block i; jump: z^(8·EVALUATION_TILE) in every lane.
 * The tile at the top may be shorter; the others follow by Horner's rule. count >= 1.
 */
function defineEvaluate(module: ModuleText): void {
  const tile = EVALUATION_TILE;
  defineFunction(
    module,
    "evaluateN",
    { parameters: ["v", "powers", "jump", "out", "count"], locals: ["calls", "at", "power"] },
    ...Array.from({ length: BLOCK_BYTES / 16 }, (_, k) => `(v128.store offset=${16 * k} ${get("out")} ${ZERO})`),
    set("calls", `(i32.rem_u ${get("count")} ${int(tile)})`),
    `(if (i32.eqz ${get("calls")}) (then ${set("calls", int(tile))}))`,
    "(loop $tiles",
    retreat("count", get("calls")),
    set("at", plus(get("v"), times(get("count"), BLOCK_BYTES))),
    set("power", get("powers")),
    call("clear", scratch(SUM), get("calls"), int(0)),
    repeat(
      "calls",
      call("mac", get("at"), get("power"), scratch(SUM)),
      advance("at", BLOCK_BYTES),
      advance("power", BLOCK_BYTES),
    ),
    call("mul", get("out"), get("jump"), scratch(TEMPORARY)),
    call("reduceAdd", scratch(SUM), scratch(TEMPORARY), get("out")),
    set("calls", int(tile)),
    `(br_if $tiles ${get("count")}))`,
  );
}

const ZERO = "(v128.const i64x2 0 0)";

/** Products of limb and integer are below 2^82; 512 of them stay below 2^91, and their rests of 2^39 below 2^49. */
const INT_BASE = 1.5 * 2 ** 92;
const INT_UNIT = 2 ** 40;
const MAX_INT_CALLS = 512;

/**
 * dotIntsN(a, integers, out, count): out += sum over blocks of a·integer.
 * Rows 0..4 of the accumulator are high parts (on base INT_BASE, multiples of INT_UNIT), rows 5..9 low parts.
 */
function defineDotInts(module: ModuleText, field: FieldConstants): void {
  arithmeticFunction(
    module,
    field,
    "dotIntsStep",
    ["a", "integers", "accumulator"],
    (context) => {
      const { arithmetic, limb, setLimb } = context;
      const integers = context.integers("integers");
      for (let j = 0; j < LIMBS; j++) {
        const { hi, lo } = splitProduct(arithmetic, limb("a", j), integers, limb("accumulator", j));
        setLimb("accumulator", j, hi);
        setLimb("accumulator", LIMBS + j, arithmetic.code.op("f64x2.add", limb("accumulator", LIMBS + j), lo));
      }
    },
    { halfStrides: { integers: INTEGERS_STRIDE } },
  );
  arithmeticFunction(module, field, "dotIntsReduce", ["accumulator", "out"], (context) => {
    const { arithmetic, limb } = context;
    const columns = createColumns(COLUMNS + 1);
    for (let j = 0; j < LIMBS; j++) {
      const high = arithmetic.code.op("f64x2.sub", limb("accumulator", j), double(arithmetic, INT_BASE));
      const units = arithmetic.code.op("f64x2.mul", high, double(arithmetic, 1 / INT_UNIT));
      addProduct(arithmetic, columns, LIMBS + j, units, double(arithmetic, INT_UNIT));
      const biased = arithmetic.code.op("f64x2.add", limb("accumulator", LIMBS + j), double(arithmetic, 1.5 * 2 ** 52));
      addToColumn(arithmetic, columns, LIMBS + j, biased, bitsOf(1.5 * 2 ** 52));
      const held = arithmetic.code.op("f64x2.add", limb("out", j), double(arithmetic, 1.5 * 2 ** 52));
      addToColumn(arithmetic, columns, LIMBS + j, held, bitsOf(1.5 * 2 ** 52));
    }
    weakReduce(arithmetic, columns, "far");
    finishLimbs(arithmetic, columns).forEach((value, j) => context.setLimb("out", j, value));
  });
  const base = `(f64x2.splat (f64.const ${INT_BASE}))`;
  defineFunction(
    module,
    "dotIntsN",
    { parameters: ["a", "integers", "out", "count"], locals: ["calls"] },
    "(loop $chunks (if (local.get $count) (then",
    set("calls", least(get("count"), int(MAX_INT_CALLS))),
    retreat("count", get("calls")),
    ...Array.from({ length: ACCUMULATOR_BYTES / 16 }, (_, k) => {
      return `(v128.store offset=${16 * k} ${scratch(SUM)} ${k < ACCUMULATOR_BYTES / 32 ? base : ZERO})`;
    }),
    repeat(
      "calls",
      call("dotIntsStep", get("a"), get("integers"), scratch(SUM)),
      advance("a", BLOCK_BYTES),
      advance("integers", INT_BLOCK_BYTES),
    ),
    call("dotIntsReduce", scratch(SUM), get("out")),
    "(br $chunks))))",
  );
}
