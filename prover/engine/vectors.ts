/** Making, slicing, reading and writing vectors. */
import { R } from "../../core/field.ts";
import { checkLength, checkRange, checkSame, checkScalar } from "../../kernels/checks.ts";
import { BLOCK, BLOCK_BYTES, LIMB_BITS, LIMBS } from "../../kernels/emit/field.ts";
import type { Engine } from "../../kernels/engine.ts";
import type { Context, WasmFr, WasmInts } from "./context.ts";
import { blocksOf, writeSplat } from "./context.ts";
import { MUL_NS } from "./costs.ts";
import { keepPadding } from "./padding.ts";

type VectorOperations = Pick<
  Engine,
  | "mark"
  | "release"
  | "settle"
  | "frVec"
  | "intVec"
  | "slice"
  | "sliceInts"
  | "ints"
  | "write"
  | "read"
  | "fill"
  | "copy"
>;

/** Blocks that `read` converts at once: 32 KiB of canonical integers. */
const READ_CHUNK_BLOCKS = 128;
const CANONICAL_BYTES = 32;
const MASK_LIMB = (1n << BigInt(LIMB_BITS)) - 1n;

export function vectorOperations(context: Context): VectorOperations {
  const { memory } = context;
  const constants = memory.allocate(2 * BLOCK_BYTES);
  /** Times this block, plain integers become stored elements: R^2 mod r, the stored form of R. */
  const toStored = constants;
  /** Times this block, elements become plain integers: the integer 1 in every lane. */
  const toPlain = constants + BLOCK_BYTES;
  writeSplat(memory.f64(), toStored, (1n << 255n) % R);
  memory.f64().fill(0, toPlain / 8, (toPlain + BLOCK_BYTES) / 8);
  memory.f64().fill(1, toPlain / 8, toPlain / 8 + BLOCK);

  function setPlain(f64: Float64Array, v: WasmFr, i: number, value: bigint): void {
    const at = (v.address + Math.floor(i / BLOCK) * BLOCK_BYTES) / 8 + (i % BLOCK);
    let rest = value;
    for (let j = 0; j < LIMBS; j++) {
      f64[at + BLOCK * j] = Number(rest & MASK_LIMB);
      rest >>= BigInt(LIMB_BITS);
    }
  }

  /** Plain integer limbs to stored elements in [start, end), other lanes unchanged. */
  function convert(v: WasmFr, start: number, end: number): void {
    const firstWhole = Math.min(Math.ceil(start / BLOCK) * BLOCK, end);
    const lastWhole = Math.max(Math.floor(end / BLOCK) * BLOCK, firstWhole);
    convertLanes(v, start, firstWhole);
    const address = v.address + (firstWhole / BLOCK) * BLOCK_BYTES;
    context.forBlocks("scaleN", Math.floor((lastWhole - firstWhole) / BLOCK), MUL_NS, (from, n) => {
      const range = address + from * BLOCK_BYTES;
      return [range, toStored, range, n];
    });
    convertLanes(v, lastWhole, end);
  }

  /** The same inside one block. */
  function convertLanes(v: WasmFr, from: number, to: number): void {
    if (from >= to) return;
    const address = v.address + Math.floor(from / BLOCK) * BLOCK_BYTES;
    const converted = context.block(0);
    context.call("mul", address, toStored, converted);
    const f64 = memory.f64();
    for (let j = 0; j < LIMBS; j++) {
      for (let i = from; i < to; i++) {
        const at = BLOCK * j + (i % BLOCK);
        f64[address / 8 + at] = f64[converted / 8 + at]!;
      }
    }
  }

  return {
    mark: memory.top,
    release: memory.release,
    settle(mark, vectors) {
      const sources = vectors.map(context.fr);
      memory.release(mark);
      const settled = new Map<WasmFr, WasmFr>();
      // From the lowest up, so that none is moved over one that is still to be moved.
      for (const source of sources.toSorted((a, b) => a.address - b.address)) {
        const target = context.newFr(source.length);
        const end = source.address + blocksOf(source.length) * BLOCK_BYTES;
        memory.u8().copyWithin(target.address, source.address, end);
        settled.set(source, target);
      }
      return sources.map((source) => settled.get(source)!);
    },

    frVec(length, zero = false) {
      const v = context.newFr(checkLength(length, "frVec"));
      if (zero) memory.clear(v.address, blocksOf(length) * BLOCK_BYTES);
      return v;
    },
    intVec(values) {
      if (typeof values !== "number") {
        const v = context.newInts(values.length);
        memory.i32().set(values, v.address / 4);
        return v;
      }
      const v = context.newInts(checkLength(values, "intVec"));
      memory.clear(v.address, 4 * v.length);
      return v;
    },
    slice(v, start, length) {
      checkRange("slice", v, start, length, BLOCK);
      const { owner, address, ownsPadding } = context.fr(v);
      const slice: WasmFr = {
        kind: "fr",
        length,
        owner,
        address: address + (start / BLOCK) * BLOCK_BYTES,
        ownsPadding: ownsPadding && start + length === v.length,
      };
      return slice;
    },
    sliceInts(v, start, length) {
      checkRange("sliceInts", v, start, length, BLOCK);
      const { owner, address } = context.int(v);
      const slice: WasmInts = { kind: "int", length, owner, address: address + 4 * start };
      return slice;
    },
    ints(v) {
      const { address } = context.int(v);
      return memory.i32().subarray(address / 4, address / 4 + v.length);
    },
    write(v, start, values) {
      const target = context.fr(v);
      checkRange("write", v, start, values.length);
      for (const value of values) checkScalar(value, "write");
      const f64 = memory.f64();
      values.forEach((value, i) => {
        setPlain(f64, target, start + i, value);
      });
      convert(target, start, start + values.length);
    },
    read(v, start = 0, count = v.length - start) {
      const { address } = context.fr(v);
      checkRange("read", v, start, count);
      const values: bigint[] = [];
      if (count === 0) return values;
      const mark = memory.top();
      const words = memory.allocate(READ_CHUNK_BLOCKS * BLOCK * CANONICAL_BYTES);
      const end = start + count;
      for (let block = Math.floor(start / BLOCK); block < blocksOf(end); block += READ_CHUNK_BLOCKS) {
        const blocks = Math.min(READ_CHUNK_BLOCKS, blocksOf(end) - block);
        context.call("canonicalN", address + block * BLOCK_BYTES, toPlain, words, blocks);
        const u64 = memory.u64();
        const last = Math.min(end, (block + blocks) * BLOCK);
        for (let i = Math.max(start, block * BLOCK); i < last; i++) {
          const at = words / 8 + 4 * (i - block * BLOCK);
          const high = (u64[at + 3]! << 64n) | u64[at + 2]!;
          values.push((high << 128n) | (u64[at + 1]! << 64n) | u64[at]!);
        }
      }
      memory.release(mark);
      return values;
    },
    fill(v, value) {
      const target = context.fr(v);
      const block = context.splat(0, checkScalar(value, "fill"));
      keepPadding(context, target, () => {
        const u8 = memory.u8();
        const end = target.address + blocksOf(v.length) * BLOCK_BYTES;
        if (target.address === end) return;
        u8.copyWithin(target.address, block, block + BLOCK_BYTES);
        for (let done = BLOCK_BYTES; target.address + done < end; done *= 2) {
          u8.copyWithin(target.address + done, target.address, Math.min(target.address + done, end - done));
        }
      });
    },
    copy(dst, src) {
      const [target, source] = [context.fr(dst), context.fr(src)];
      checkSame("copy", dst, src);
      keepPadding(context, target, () => {
        memory.u8().copyWithin(target.address, source.address, source.address + blocksOf(src.length) * BLOCK_BYTES);
      });
    },
  };
}
