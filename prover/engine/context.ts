/**
 * What the parts of the WebAssembly engine share: memory, threads, handles of vectors, scalars in memory.
 *
 * A vector of n elements is ceil(n / 8) blocks (kernels/emit/field.ts) at an address that is a multiple of 64. Lanes behind the
 * end of the last block ("padding") hold anything, NaN included: lanes never mix, and sums over lanes clear them first.
 */
import { inverse, R } from "../../core/field.ts";
import { BLOCK, BLOCK_BYTES, encodeElement, fromLimbs, LIMBS, positive } from "../../kernels/emit/field.ts";
import type { FrVec, IntVec } from "../../kernels/engine.ts";
import { EngineClosedError, ReleasedVectorError } from "../../kernels/errors.ts";
import type { KernelHost, TaskArguments } from "../../kernels/host.ts";
import type { Pool } from "../threads/pool.ts";
import type { StackMemory } from "./memory.ts";

export interface WasmFr extends FrVec {
  readonly owner: StackMemory;
  readonly address: number;
  /** Padding of the last block belongs to this vector and may be overwritten. */
  readonly ownsPadding: boolean;
}

export interface WasmInts extends IntVec {
  readonly owner: StackMemory;
  readonly address: number;
}

export interface Context extends KernelHost {
  readonly memory: StackMemory;
  readonly pool: Pool;
  /** The handle's own fields, after checking that it belongs to this engine and was not released. */
  fr(v: FrVec): WasmFr;
  int(v: IntVec): WasmInts;
  newFr(length: number): WasmFr;
  newInts(length: number): WasmInts;
  /** Address of a block with the scalar in every lane, valid until the slot is filled again. */
  splat(slot: number, value: bigint): number;
  /** Address of scratch block `index` of the calling thread. */
  block(index: number): number;
  /** Runs a kernel on ranges of `blocks` blocks, on several threads if the work is worth it. */
  forBlocks(
    name: string,
    blocks: number,
    nsPerBlock: number,
    task: (from: number, count: number) => TaskArguments,
  ): void;
  ranges(blocks: number, nsPerBlock: number): Range[];
  closed: boolean;
}

export interface Range {
  readonly from: number;
  readonly count: number;
}

const SPLAT_SLOTS = 4;
const SCRATCH_BLOCKS = 24;
const INVERSE_R = inverse(1n << 255n, R);

/**
 * Nanoseconds of work from which a call is shared. Sharing costs 2 to 3 us while the workers still poll and 20 to 40 us when they
 * sleep (bench/kernels.ts prints both); twice 20 us of work breaks even in the second case.
 */
export const SHARING_PAYS_NS = 40_000;
/** More ranges than threads, so that a thread that was interrupted does not hold up the run. */
const RANGES_PER_THREAD = 4;

/** Reading past the end of integers by a tile of the matrix kernel must stay inside the memory. */
const INT_SLACK_BYTES = 64;

export function createContext(memory: StackMemory, pool: Pool, sharingPaysNs: number): Context {
  const splats = memory.allocate(SPLAT_SLOTS * BLOCK_BYTES);
  const scratch = memory.allocate(SCRATCH_BLOCKS * BLOCK_BYTES);
  memory.u8().fill(0, scratch, scratch + SCRATCH_BLOCKS * BLOCK_BYTES);

  function checked<T extends WasmFr | WasmInts>(v: T, bytes: number): T {
    if (context.closed) throw new EngineClosedError();
    if (v.owner !== memory || v.address + bytes > memory.top()) {
      throw new ReleasedVectorError("the vector is no longer owned by the engine", {
        remedy: "use it before release() of an earlier mark, and with the engine that made it",
      });
    }
    return v;
  }

  const context: Context = {
    memory,
    pool,
    closed: false,
    threads: pool.threads,
    allocate: memory.allocate,
    mark: memory.top,
    release: memory.release,
    f64: memory.f64,
    i32: memory.i32,
    u8: memory.u8,
    call: pool.call,
    run: pool.run,
    addressOf: (v) => (v.kind === "fr" ? context.fr(v).address : context.int(v).address),
    fr: (v) => checked(v as WasmFr, blocksOf(v.length) * BLOCK_BYTES),
    int: (v) => checked(v as WasmInts, 4 * v.length),
    newFr(length) {
      if (context.closed) throw new EngineClosedError();
      const address = memory.allocate(blocksOf(length) * BLOCK_BYTES);
      return { kind: "fr", length, owner: memory, address, ownsPadding: true };
    },
    newInts(length) {
      if (context.closed) throw new EngineClosedError();
      return { kind: "int", length, owner: memory, address: memory.allocate(4 * length + INT_SLACK_BYTES) };
    },
    splat(slot, value) {
      const address = splats + slot * BLOCK_BYTES;
      writeSplat(memory.f64(), address, value);
      return address;
    },
    block: (index) => scratch + index * BLOCK_BYTES,
    ranges(blocks, nsPerBlock) {
      const useful = Math.floor((blocks * nsPerBlock) / sharingPaysNs);
      const count = Math.max(1, Math.min(mostRanges(pool.threads, blocks), useful));
      return splitRange(blocks, count);
    },
    forBlocks(name, blocks, nsPerBlock, task) {
      if (blocks === 0) return;
      const ranges = context.ranges(blocks, nsPerBlock);
      if (ranges.length === 1) pool.call(name, ...task(0, blocks));
      else
        pool.run(
          name,
          ranges.map(({ from, count }) => task(from, count)),
        );
    },
  };
  return context;
}

export const blocksOf = (length: number): number => Math.ceil(length / BLOCK);

/** Most ranges that `blocks` are shared out in. */
export function mostRanges(threads: number, blocks: number): number {
  return threads === 1 ? 1 : Math.min(threads * RANGES_PER_THREAD, blocks);
}

/** `parts` ranges that cover [0, total), none empty when total >= parts. */
export function splitRange(total: number, parts: number): Range[] {
  return Array.from({ length: parts }, (_, k) => {
    const from = Math.floor((total * k) / parts);
    return { from, count: Math.floor((total * (k + 1)) / parts) - from };
  });
}

/** Writes the scalar into every lane of a block. */
export function writeSplat(f64: Float64Array, address: number, value: bigint): void {
  encodeElement(value, R).forEach((limb, j) => {
    f64.fill(limb, address / 8 + BLOCK * j, address / 8 + BLOCK * (j + 1));
  });
}

export function writeLane(f64: Float64Array, address: number, lane: number, value: bigint): void {
  encodeElement(value, R).forEach((limb, j) => {
    f64[address / 8 + BLOCK * j + lane] = limb;
  });
}

export function readLane(f64: Float64Array, address: number, lane: number): bigint {
  const limbs = Array.from({ length: LIMBS }, (_, j) => f64[address / 8 + BLOCK * j + lane]!);
  return positive(fromLimbs(limbs) * INVERSE_R, R);
}

/** Sum of the eight lanes; limbs of weakly reduced elements add up below 2^53. */
export function sumLanes(f64: Float64Array, address: number): bigint {
  const limbs = Array.from({ length: LIMBS }, (_, j) => {
    let sum = 0;
    for (let lane = 0; lane < BLOCK; lane++) sum += f64[address / 8 + BLOCK * j + lane]!;
    return sum;
  });
  return positive(fromLimbs(limbs) * INVERSE_R, R);
}

/** Copies `count` lanes of a block from lane `from` of another, and zero into the other lanes of the target. */
export function copyLanes(f64: Float64Array, source: number, from: number, target: number, count: number): void {
  for (let j = 0; j < LIMBS; j++) {
    const [read, write] = [source / 8 + BLOCK * j + from, target / 8 + BLOCK * j];
    for (let lane = 0; lane < BLOCK; lane++) f64[write + lane] = lane < count ? f64[read + lane]! : 0;
  }
}
