/**
 * Kernels that treat blocks one by one: sums, products, folds, chains of powers, canonical output.
 *
 * `name` works on one block; `nameN` on `count` consecutive blocks. Inputs are stored elements (|x| <= 1.03 r). Outputs:
 *
 *   mul 1.03   mulAdd, add, sub, fold 1/2   scaleInts 1/2   powers 0.83 (step weakly reduced)   eqStep: low 1/2, high 0.83
 */
import { R } from "../../core/field.ts";
import { arithmeticFunction, defineMultiply, defineSum, INTEGERS_STRIDE } from "./block.ts";
import { addLimbs, addProduct, createColumns, finishLimbs, weakReduce } from "./columns.ts";
import { advance, call, defineFunction, defineLoop, get, plus, repeat, scratch, times } from "./control.ts";
import type { FieldConstants } from "./field.ts";
import { BLOCK, BLOCK_BYTES, LIMB_BITS, LIMB_STRIDE, LIMBS } from "./field.ts";
import type { ModuleText } from "./module.ts";

export const INT_BLOCK_BYTES = 4 * BLOCK;
/** One element as consecutive limbs. */
export const PACKED_ELEMENT_BYTES = 8 * LIMBS;

export function defineElementwise(module: ModuleText, field: FieldConstants): void {
  const operands = ["a", "b", "out"];
  const moving = operands.map((name) => [name, BLOCK_BYTES] as const);

  defineMultiply(module, field, "mul", operands, "a", "b");
  defineSum(module, field, "add", operands, [plusBlock("a"), plusBlock("b")]);
  defineSum(module, field, "sub", operands, [plusBlock("a"), minusBlock("b")]);
  for (const name of ["mul", "add", "sub"]) defineLoop(module, `${name}N`, name, moving);

  // out = a·b, b one block for all
  defineLoop(module, "scaleN", "mul", [
    ["a", BLOCK_BYTES],
    ["b", 0],
    ["out", BLOCK_BYTES],
  ]);

  // out = a·b, b repeated: the block at index i meets block i & mask of b
  defineFunction(
    module,
    "mulPeriodicN",
    { parameters: ["a", "b", "out", "from", "count", "mask"] },
    repeat(
      "count",
      call("mul", get("a"), plus(get("b"), times(and(get("from"), get("mask")), BLOCK_BYTES)), get("out")),
      advance("a", BLOCK_BYTES),
      advance("out", BLOCK_BYTES),
      advance("from", 1),
    ),
  );

  const mulAdd = { addends: [plusBlock("c")], weak: "near" } as const;
  defineMultiply(module, field, "mulAdd", ["a", "b", "c", "out"], "a", "b", mulAdd);

  const fold = { addends: [plusBlock("low")], weak: "near", out: "low" } as const;
  defineMultiply(module, field, "fold", ["low", "high", "challenge"], "challenge", { minus: ["high", "low"] }, fold);
  defineLoop(module, "foldN", "fold", [
    ["low", BLOCK_BYTES],
    ["high", BLOCK_BYTES],
    ["challenge", 0],
  ]);

  // block[i + 1] = block[i]·step
  defineFunction(
    module,
    "powersN",
    { parameters: ["first", "step", "count"] },
    repeat(
      "count",
      call("mul", get("first"), get("step"), plus(get("first"), BLOCK_BYTES)),
      advance("first", BLOCK_BYTES),
    ),
  );

  // high = low·coordinate, low = low - high
  defineFunction(
    module,
    "eqStep",
    { parameters: ["low", "high", "coordinate"] },
    call("mul", get("low"), get("coordinate"), get("high")),
    call("sub", get("low"), get("high"), get("low")),
  );
  defineLoop(module, "eqStepN", "eqStep", [
    ["low", BLOCK_BYTES],
    ["high", BLOCK_BYTES],
    ["coordinate", 0],
  ]);

  defineScaleInts(module, field);
  defineCanonical(module);
}

const and = (a: string, b: string): string => `(i32.and ${a} ${b})`;

export const plusBlock = (block: string) => ({ sign: 1, block }) as const;
export const minusBlock = (block: string) => ({ sign: -1, block }) as const;

/** out = constant + scale·integer, |integer| <= 2^31: at most 2^31·1.03 r before the weak reduction. */
function defineScaleInts(module: ModuleText, field: FieldConstants): void {
  arithmeticFunction(
    module,
    field,
    "scaleInts",
    ["integers", "scale", "constant", "out"],
    (context) => {
      const { arithmetic } = context;
      const columns = createColumns(2 * LIMBS + 1);
      const integers = context.integers("integers");
      for (let j = 0; j < LIMBS; j++) addProduct(arithmetic, columns, LIMBS + j, context.limb("scale", j), integers);
      addLimbs(arithmetic, columns, [{ sign: 1, limb: (j) => context.limb("constant", j) }]);
      weakReduce(arithmetic, columns, "far");
      finishLimbs(arithmetic, columns).forEach((limb, j) => context.setLimb("out", j, limb));
    },
    { halfStrides: { integers: INTEGERS_STRIDE } },
  );
  defineLoop(module, "scaleIntsN", "scaleInts", [
    ["integers", INT_BLOCK_BYTES],
    ["scale", 0],
    ["constant", 0],
    ["out", BLOCK_BYTES],
  ]);
}

/**
 * canonicalN(source, one, out, count): each element as the integer in [0, r), 32 bytes little-endian.
 * `one` is a block holding the integer 1 in every lane, so that the product with it is x/R in (-0.64 r, 0.64 r).
 */
function defineCanonical(module: ModuleText): void {
  const limbs = Array.from({ length: LIMBS }, (_, j) => `l${j}`);
  const shift = `(i64.const ${LIMB_BITS})`;
  const mask = `(i64.const ${2n ** BigInt(LIMB_BITS) - 1n})`;
  const getLong = (name: string): string => `(local.get $${name})`;
  /** Leaves limbs 0..3 in [0, 2^51) and the sign in limb 4. */
  const carry = limbs
    .slice(0, -1)
    .flatMap((name, j) => [
      set64(limbs[j + 1]!, `(i64.add ${getLong(limbs[j + 1]!)} (i64.shr_s ${getLong(name)} ${shift}))`),
      set64(name, `(i64.and ${getLong(name)} ${mask})`),
    ]);
  const addModulus = limbs.map((name, j) => {
    const limb = (R >> BigInt(LIMB_BITS * j)) & (2n ** BigInt(LIMB_BITS) - 1n);
    return set64(name, `(i64.add ${getLong(name)} (i64.const ${limb}))`);
  });
  const words = [0, 1, 2, 3].map((word) => {
    const low = Math.floor((64 * word) / LIMB_BITS);
    const used = 64 * word - LIMB_BITS * low;
    const first = `(i64.shr_u ${getLong(limbs[low]!)} (i64.const ${used}))`;
    const second = `(i64.shl ${getLong(limbs[low + 1]!)} (i64.const ${LIMB_BITS - used}))`;
    return `(i64.store offset=${8 * word} ${get("out")} (i64.or ${first} ${second}))`;
  });
  defineFunction(
    module,
    "canonicalN",
    { parameters: ["source", "one", "out", "count"], locals: ["lane", "at"], longs: limbs },
    repeat(
      "count",
      call("mul", get("source"), get("one"), scratch(0)),
      `(local.set $at ${scratch(0)})(local.set $lane (i32.const ${BLOCK}))`,
      repeat(
        "lane",
        ...limbs.map((name, j) =>
          set64(name, `(i64.trunc_sat_f64_s (f64.load offset=${LIMB_STRIDE * j} ${get("at")}))`),
        ),
        ...carry,
        `(if (i64.lt_s ${getLong(limbs[LIMBS - 1]!)} (i64.const 0)) (then`,
        ...addModulus,
        ...carry,
        "))",
        ...words,
        advance("at", 8),
        advance("out", 32),
      ),
      advance("source", BLOCK_BYTES),
    ),
  );
}

const set64 = (name: string, value: string): string => `(local.set $${name} ${value})`;
