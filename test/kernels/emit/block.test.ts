/**
 * The block kernels against BigInt, for both fields and both ways of splitting products.
 * Inputs are limbs, not elements: every limb at its extremes is where carries and ties would break.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { inverse, Q, R } from "../../../core/field.ts";
import { assemble } from "../../../kernels/emit/assemble.ts";
import {
  defineMultiply,
  defineMultiplyAccumulate,
  defineReduceAccumulator,
  defineSquare,
  defineSum,
} from "../../../kernels/emit/block.ts";
import {
  BLOCK,
  BLOCK_BYTES,
  decodeElement,
  encodeElement,
  fieldConstants,
  fromLimbs,
  LIMB_STRIDE,
  LIMBS,
  positive,
} from "../../../kernels/emit/field.ts";
import type { ProductMode } from "../../../kernels/emit/module.ts";
import { createModule } from "../../../kernels/emit/module.ts";

const SEED = 0x51f0n;
const BLOCKS = 256;
const [A, B, C, OUT, ACCUMULATOR, SCRATCH] = [1, 2, 3, 4, 5, 6].map((k) => k << 17) as [
  number,
  number,
  number,
  number,
  number,
  number,
];

function generator(seed: bigint): () => bigint {
  let state = seed | 1n;
  return () => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return state;
  };
}

type Kernel = (...addresses: number[]) => void;

const FIELDS: [string, bigint][] = [
  ["r", R],
  ["q", Q],
];
const MODES: ProductMode[] = ["fused", "split"];

describe.each(FIELDS.flatMap(([field, modulus]) => MODES.map((mode) => ({ field, modulus, mode }))))(
  `block kernels over $field, $mode (seed ${SEED})`,
  ({ modulus, mode }) => {
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 32, shared: true });
    const f64 = new Float64Array(memory.buffer);
    const i64 = new BigInt64Array(memory.buffer);
    const inverseR = inverse(1n << 255n, modulus);
    const next = generator(SEED);
    let kernels: Record<string, Kernel>;
    let offsets: bigint[];

    beforeAll(async () => {
      const module = createModule({ product: mode, constants: { start: 1024, end: 8192 } });
      const constants = fieldConstants(modulus);
      defineMultiply(module, constants, "multiply", ["a", "b", "out"], "a", "b");
      defineMultiply(module, constants, "multiplyWeak", ["a", "b", "out"], "a", "b", { weak: "near" });
      defineMultiply(
        module,
        constants,
        "multiplySums",
        ["a", "b", "c", "out"],
        { plus: ["a", "c"] },
        { minus: ["b", "c"] },
      );
      defineMultiply(
        module,
        constants,
        "fold",
        ["a", "b", "c", "out"],
        "c",
        { minus: ["b", "a"] },
        { addends: [{ sign: 1, block: "a" }], weak: "near" },
      );
      defineMultiply(module, constants, "one", ["a", "b", "out"], "a", "b", { single: true });
      defineSquare(module, constants, "square", ["a", "out"], "a");
      defineSum(
        module,
        constants,
        "subtract",
        ["a", "b", "out"],
        [
          { sign: 1, block: "a" },
          { sign: -1, block: "b" },
        ],
      );
      defineSum(
        module,
        constants,
        "extrapolate",
        ["a", "b", "out"],
        [
          { sign: 1, block: "a" },
          { sign: 1, block: "a" },
          { sign: -1, block: "b" },
        ],
      );
      offsets = defineMultiplyAccumulate(module, constants, "accumulate", ["a", "b", "accumulator"], "a", "b");
      defineReduceAccumulator(module, constants, "reduce", ["accumulator", "out"], "accumulator");
      const bytes = await assemble("block", module.text());
      const scratch = new WebAssembly.Global({ value: "i32", mutable: false }, SCRATCH);
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, scratch } });
      kernels = instance.exports as Record<string, Kernel>;
      fillInputs();
    });

    const index = (base: number, i: number, j: number): number =>
      (base + Math.floor(i / BLOCK) * BLOCK_BYTES + LIMB_STRIDE * j) / 8 + (i % BLOCK);
    const limbs = (base: number, i: number): number[] =>
      Array.from({ length: LIMBS }, (_, j) => f64[index(base, i, j)]!);
    const integer = (base: number, i: number): bigint => fromLimbs(limbs(base, i));

    function setElement(base: number, i: number, value: readonly number[]): void {
      value.forEach((limb, j) => (f64[index(base, i, j)] = limb));
    }

    /** Edge elements, then limbs at their extremes with a top limb that keeps |x| <= 1.03 p, then random elements. */
    function fillInputs(): void {
      const edges = [
        0n,
        1n,
        2n,
        modulus - 1n,
        modulus - 2n,
        modulus / 2n,
        modulus / 2n + 1n,
        1n << 253n,
        inverseR,
        modulus - inverseR,
      ];
      const extremes = [0, 1, -1, 2 ** 50, -(2 ** 50), 2 ** 50 - 1, 1 - 2 ** 50];
      const largestTop = Math.floor((1.03 * Number(modulus)) / 2 ** 204) - 1;
      const pick = (from: readonly number[]): number => from[Number(next() % BigInt(from.length))]!;
      for (let i = 0; i < BLOCKS * BLOCK; i++) {
        for (const [slot, base] of [A, B, C].entries()) {
          const edge = edges[Math.floor(i / edges.length ** slot) % edges.length]!;
          if (i < 512) setElement(base, i, encodeElement(edge, modulus));
          else if (i < 1024) setElement(base, i, encodeElement(next() * next() * next() * next(), modulus));
          else
            setElement(base, i, [...[0, 1, 2, 3].map(() => pick(extremes)), pick([0, 1, -1, largestTop, -largestTop])]);
        }
      }
    }

    function check(expected: (i: number) => bigint, bound: number, count = BLOCKS * BLOCK): void {
      for (let i = 0; i < count; i++) {
        const got = positive(integer(OUT, i) << 255n, modulus);
        if (got !== positive(expected(i), modulus))
          expect.fail(`element ${i} of ${limbs(A, i)} / ${limbs(B, i)} / ${limbs(C, i)}`);
        const size = Math.abs(Number(integer(OUT, i)) / Number(modulus));
        if (size > bound) expect.fail(`element ${i} is ${size} p, above ${bound}`);
        for (const limb of limbs(OUT, i).slice(0, 4)) if (Math.abs(limb) > 2 ** 50) expect.fail(`limb ${limb}`);
      }
    }

    const each = (name: string, ...bases: number[]): void => {
      for (let block = 0; block < BLOCKS; block++) kernels[name]!(...bases.map((base) => base + block * BLOCK_BYTES));
    };

    it("encodes and decodes", () => {
      for (const a of [0n, 1n, modulus - 1n, modulus / 2n, 12345n << 200n]) {
        expect(decodeElement(encodeElement(a, modulus), modulus, inverseR)).toBe(a % modulus);
      }
    });

    it("multiplies within 1.03 p", () => {
      each("multiply", A, B, OUT);
      check((i) => integer(A, i) * integer(B, i), 1.03);
    });

    it("multiplies and reduces to p/2", () => {
      each("multiplyWeak", A, B, OUT);
      check((i) => integer(A, i) * integer(B, i), 0.500001);
    });

    it("multiplies sums of stored elements", () => {
      each("multiplySums", A, B, C, OUT);
      check((i) => (integer(A, i) + integer(C, i)) * (integer(B, i) - integer(C, i)), 2.25);
    });

    it("folds", () => {
      each("fold", A, B, C, OUT);
      check((i) => (integer(A, i) << 255n) + integer(C, i) * (integer(B, i) - integer(A, i)), 0.500001);
    });

    it("squares", () => {
      each("square", A, OUT);
      check((i) => integer(A, i) ** 2n, 1.03);
    });

    it("adds signed terms", () => {
      each("subtract", A, B, OUT);
      check((i) => (integer(A, i) - integer(B, i)) << 255n, 0.500001);
      each("extrapolate", A, B, OUT);
      check((i) => (2n * integer(A, i) - integer(B, i)) << 255n, 0.500001);
    });

    it("accumulates products and reduces the sum", () => {
      const calls = 100;
      for (let block = 0; block + calls <= BLOCKS; block += 39) {
        for (let k = 0; k < 2 * LIMBS * BLOCK; k++) {
          i64[ACCUMULATOR / 8 + k] = BigInt.asIntN(64, -BigInt(calls) * offsets[Math.floor(k / BLOCK)]!);
        }
        for (let t = block; t < block + calls; t++)
          kernels["accumulate"]!(A + t * BLOCK_BYTES, B + t * BLOCK_BYTES, ACCUMULATOR);
        kernels["reduce"]!(ACCUMULATOR, OUT);
        const sum = (lane: number): bigint => {
          let total = 0n;
          for (let t = block; t < block + calls; t++)
            total += integer(A, t * BLOCK + lane) * integer(B, t * BLOCK + lane);
          return total;
        };
        check(sum, 0.500001, BLOCK);
      }
    });

    it("works on the first two elements alone", () => {
      for (let i = 0; i < BLOCK; i++) setElement(OUT, i, [7, 7, 7, 7, 7]);
      kernels["one"]!(A + 130 * BLOCK_BYTES, B + 130 * BLOCK_BYTES, OUT);
      for (let i = 0; i < 2; i++) {
        const product = integer(A, 130 * BLOCK + i) * integer(B, 130 * BLOCK + i);
        expect(positive(integer(OUT, i) << 255n, modulus)).toBe(positive(product, modulus));
      }
      expect(limbs(OUT, 2)).toEqual([7, 7, 7, 7, 7]);
    });
  },
);
