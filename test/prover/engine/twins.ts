/** An engine under test beside the BigInt reference: the same vectors in both, compared after the same calls. */
import { expect } from "vitest";
import { R } from "../../../core/field.ts";
import { BLOCK, BLOCK_BYTES, fromLimbs, LIMB_BITS, LIMBS, STORED_BOUND } from "../../../kernels/emit/field.ts";
import type { Engine, FrVec, IntVec } from "../../../kernels/engine.ts";
import { createReferenceEngine } from "../../../kernels/reference.ts";
import type { WasmFr } from "../../../prover/engine/context.ts";

/** Around blocks of 8, around eight blocks, one element, and enough for several ranges. */
export const LENGTHS = [1, 2, 3, 7, 8, 9, 15, 16, 17, 63, 64, 65, 1000];
export const POWERS_OF_TWO = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

const HALF = (R + 1n) / 2n;
/** Zero, one, the ends of the range, where signs flip, where limbs are all ones. */
export const EDGES = [
  0n,
  1n,
  R - 1n,
  HALF,
  HALF - 1n,
  2n,
  R - 2n,
  (1n << 51n) - 1n,
  (1n << 204n) - 1n,
  1n << 253n,
  (1n << 255n) % R,
  R - ((1n << 255n) % R),
];
const INT_EDGES = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 32767, -32768, 32768, 127, -128];

export interface Random {
  scalar(): bigint;
  int(bits: number): number;
  below(bound: number): number;
}

/** xorshift64 */
export function random(seed: bigint): Random {
  let state = BigInt.asUintN(64, seed * 2n + 1n);
  const next = (): bigint => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return state;
  };
  return {
    scalar: () => ((next() << 192n) | (next() << 128n) | (next() << 64n) | next()) % R,
    int: (bits) => Number(BigInt.asIntN(bits, next() >> 7n)),
    below: (bound) => Number((next() >> 11n) % BigInt(bound)),
  };
}

export interface Pair<V> {
  readonly tested: V;
  readonly reference: V;
}

export interface Twins {
  readonly tested: Engine;
  readonly reference: Engine;
  readonly random: Random;
  /** Edge values first, then random ones. */
  scalars(length: number): bigint[];
  fr(values: readonly bigint[]): Pair<FrVec>;
  freshFr(length: number): Pair<FrVec>;
  ints(values: readonly number[]): Pair<IntVec>;
  /** Edge values first, then random ones of so many bits. */
  integers(length: number, bits: number): number[];
  /** The same call on both. */
  both<T>(call: (engine: Engine, pick: <V>(pair: Pair<V>) => V) => T): Pair<T>;
  expectSame(...vectors: Pair<FrVec>[]): void;
}

export function createTwins(tested: Engine, seed: bigint): Twins {
  const reference = createReferenceEngine();
  const source = random(seed);
  const twins: Twins = {
    tested,
    reference,
    random: source,
    scalars(length) {
      const start = source.below(EDGES.length);
      return Array.from({ length }, (_, i) => (i % 3 === 2 ? source.scalar() : EDGES[(start + i) % EDGES.length]!));
    },
    integers(length, bits) {
      const fits = INT_EDGES.filter((value) => Math.abs(value) <= 2 ** (bits - 1));
      return Array.from({ length }, (_, i) => (i % 2 === 0 ? fits[(i / 2) % fits.length]! : source.int(bits)));
    },
    fr: (values) => twins.both((engine) => filled(engine, values)),
    freshFr: (length) => twins.both((engine) => engine.frVec(length)),
    ints: (values) => twins.both((engine) => engine.intVec(Int32Array.from(values))),
    both: (call) => ({
      tested: call(tested, (pair) => pair.tested),
      reference: call(reference, (pair) => pair.reference),
    }),
    expectSame(...vectors) {
      for (const pair of vectors) {
        expect(tested.read(pair.tested)).toEqual(reference.read(pair.reference));
        expect(outsideStoredForm(pair.tested as WasmFr)).toEqual([]);
      }
    },
  };
  return twins;
}

function filled(engine: Engine, values: readonly bigint[]): FrVec {
  const v = engine.frVec(values.length);
  engine.write(v, 0, values);
  return v;
}

/** Elements whose limbs or size pass what kernels may be given (kernels/emit/field.ts), with their size in units of r. */
function outsideStoredForm(v: WasmFr): string[] {
  const f64 = v.owner.f64();
  return Array.from({ length: v.length }, (_, i) => {
    const at = (v.address + Math.floor(i / BLOCK) * BLOCK_BYTES) / 8 + (i % BLOCK);
    const limbs = Array.from({ length: LIMBS }, (_, j) => f64[at + BLOCK * j]!);
    const size = Math.abs(Number(fromLimbs(limbs)) / Number(R));
    const balanced = limbs.slice(0, -1).every((limb) => Math.abs(limb) <= 2 ** (LIMB_BITS - 1));
    return balanced && size <= STORED_BOUND ? "" : `element ${i}: ${limbs}, ${size}`;
  }).filter((fault) => fault !== "");
}
