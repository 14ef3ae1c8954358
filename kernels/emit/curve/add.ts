/**
 * Additions of many pairs of affine points with one inversion per batch (Montgomery's trick), correct for all points.
 *
 *     slope = (y2 - y1)/(x2 - x1)    x3 = slope^2 - x1 - x2    y3 = slope·(x1 - x3) - y1
 *
 * Where x1 = x2 the denominator is zero and would spoil its whole batch. The product of a batch is tested; if it is
 * zero, such pairs are found, given another denominator, and their results written afterwards: infinity (P = -Q), or a
 * doubling with slope 3x^2/2y (P = Q; y is never zero, the group has odd order).
 *
 * Points at infinity must not be in a list.
 */
import { SCRATCH_BYTES } from "../../memory-map.ts";
import { BLOCK, BLOCK_BYTES, LIMB_STRIDE, LIMBS } from "../field.ts";
import type { ModuleText } from "../module.ts";
import { defineControl } from "./control.ts";
import { INVERSION_BLOCKS } from "./field.ts";
import { LIST_BYTES, PAIR_BLOCK_BYTES } from "./gather.ts";
import type { CurveTables } from "./tables.ts";
import { POINT_BYTES } from "./tables.ts";

/**
 * Pair blocks in a batch: 1024 pairs. The gathered batch takes 160 KiB of a level-2 cache; an inversion (2.5 us) costs 2.5 ns
 * per pair. Batches of half and of twice the size are no faster.
 */
export const BATCH_BLOCKS = 128;
export const BATCH_BYTES = BATCH_BLOCKS * PAIR_BLOCK_BYTES;

const BATCH_PAIRS = BATCH_BLOCKS * BLOCK;

/** The layout of a thread's scratch. */
export const PREFIX = 0;
export const INVERSION = PREFIX + (BATCH_BLOCKS + 1) * BLOCK_BYTES;
export const INVERSE = INVERSION + INVERSION_BLOCKS * BLOCK_BYTES;
/** Blocks that no function expects to survive a call. */
export const WORK = INVERSE + BLOCK_BYTES;
export const WORK_BLOCKS = 12;
const SMALL_LIST = WORK + WORK_BLOCKS * BLOCK_BYTES;
const COUNTERS = SMALL_LIST + LIST_BYTES;
const DOUBLES = COUNTERS + LIST_BYTES;
const INFINITIES = DOUBLES + 8 * BATCH_PAIRS;
const SCRATCH_END = INFINITIES + 4 * BATCH_PAIRS;
if (SCRATCH_END > SCRATCH_BYTES) throw new RangeError(`a batch needs ${SCRATCH_END} bytes of scratch`);

export const workBlock = (index: number): string => `(scratch() + ${WORK + BLOCK_BYTES * index})`;

const rowsAreZero = (block: string): string =>
  Array.from({ length: LIMBS }, (_, j) => `holdsZero(${block} + ${LIMB_STRIDE * j} + (lane << 3))`).join(" & ");

/** Defines g1AddPairs(list, pairs, out, buffer): sums of a list of blocks to consecutive points at out; 1 if any is infinity. */
export function defineAddPairs(module: ModuleText, tables: CurveTables, withResults: readonly string[]): string[] {
  const [x2, y1, y2] = [2 * BLOCK_BYTES, BLOCK_BYTES, 3 * BLOCK_BYTES];
  return defineControl(
    module,
    `
    // prefix[0] = 1, prefix[i + 1] = prefix[i]·(x2 - x1 of block i)
    func g1Prefix(buffer, blocks) {
      prefix = scratch() + ${PREFIX};
      blockCopy(${tables.one}, prefix);
      while (blocks) {
        fqMultiplyDifference(prefix, buffer + ${x2}, buffer, prefix + ${BLOCK_BYTES});
        prefix = prefix + ${BLOCK_BYTES};
        buffer = buffer + ${PAIR_BLOCK_BYTES};
        blocks = blocks - 1;
      }
    }

    func g1InvertPrefix(blocks) {
      total = scratch() + ${PREFIX} + blocks * ${BLOCK_BYTES};
      return fqInvert(total, scratch() + ${INVERSE}, scratch() + ${INVERSION});
    }

    // Lists pairs with x1 = x2 in DOUBLES (entry, index) and INFINITIES (index), and moves their x2 away from x1.
    func g1FindSpecial(list, blocks, buffer) {
      doubles = 0;
      infinities = 0;
      i = 0;
      while (i < blocks) {
        fqSubtract(buffer + ${x2}, buffer, ${workBlock(0)});
        fqSubtract(buffer + ${y2}, buffer + ${y1}, ${workBlock(1)});
        lane = 0;
        while (lane < ${BLOCK}) {
          if (${rowsAreZero(workBlock(0))}) {
            index = (i << 3) + lane;
            if (${rowsAreZero(workBlock(1))}) {
              at = scratch() + ${DOUBLES} + (doubles << 3);
              store32(at, load32(list + (lane << 2)));
              store32(at + 4, index);
              doubles = doubles + 1;
            } else {
              store32(scratch() + ${INFINITIES} + (infinities << 2), index);
              infinities = infinities + 1;
            }
            j = 0;
            while (j < ${LIMBS}) {
              at = buffer + j * ${LIMB_STRIDE} + (lane << 3);
              copyDouble(at + ${x2}, at);
              j = j + 1;
            }
            incrementDouble(buffer + ${x2} + (lane << 3));
          }
          lane = lane + 1;
        }
        list = list + ${LIST_BYTES};
        buffer = buffer + ${PAIR_BLOCK_BYTES};
        i = i + 1;
      }
      store32(scratch() + ${COUNTERS}, doubles);
      store32(scratch() + ${COUNTERS + 4}, infinities);
    }

    // Writes the results of the pairs that g1FindSpecial listed; buffer is free again.
    func g1FinishSpecial(out, buffer) {
      infinities = load32(scratch() + ${COUNTERS + 4});
      i = 0;
      while (i < infinities) {
        storeNan(out + load32(scratch() + ${INFINITIES} + (i << 2)) * ${POINT_BYTES});
        i = i + 1;
      }
      doubles = load32(scratch() + ${COUNTERS});
      i = 0;
      while (i < doubles) {
        lane = 0;
        while (lane < ${BLOCK}) {
          entry = ${tables.fillers[0]};
          if (i + lane < doubles) { entry = load32(scratch() + ${DOUBLES} + ((i + lane) << 3)); }
          store32(scratch() + ${SMALL_LIST} + (lane << 2), entry);
          lane = lane + 1;
        }
        x = ${workBlock(4)};
        y = ${workBlock(5)};
        slope = ${workBlock(0)};
        g1GatherFirst(scratch() + ${SMALL_LIST}, x);
        fqAdd(y, y, ${workBlock(1)});
        fqInvert(${workBlock(1)}, ${workBlock(2)}, scratch() + ${INVERSION});
        fqSquareWeak(x, slope);
        fqAddThree(slope, slope, slope, slope);
        fqMultiply(slope, ${workBlock(2)}, slope);
        fqSquareMinus(slope, x, x, ${workBlock(2)});
        fqChord(slope, x, ${workBlock(2)}, y, ${workBlock(3)});
        g1Scatter(${workBlock(2)}, buffer);
        lane = 0;
        while (lane < ${BLOCK}) {
          if (i + lane < doubles) {
            index = load32(scratch() + ${DOUBLES + 4} + ((i + lane) << 3));
            g1Copy(buffer + lane * ${POINT_BYTES}, out + index * ${POINT_BYTES});
          }
          lane = lane + 1;
        }
        i = i + ${BLOCK};
      }
      return infinities != 0;
    }

    func g1AddBatch(list, blocks, out, buffer) {
      i = 0;
      while (i < blocks) {
        g1Gather(list + i * ${LIST_BYTES}, buffer + i * ${PAIR_BLOCK_BYTES});
        i = i + 1;
      }
      g1Prefix(buffer, blocks);
      special = g1InvertPrefix(blocks);
      if (special) {
        g1FindSpecial(list, blocks, buffer);
        g1Prefix(buffer, blocks);
        g1InvertPrefix(blocks);
      }
      inverse = scratch() + ${INVERSE};
      prefix = scratch() + ${PREFIX} + blocks * ${BLOCK_BYTES};
      pair = buffer + blocks * ${PAIR_BLOCK_BYTES};
      target = out + blocks * ${BLOCK * POINT_BYTES};
      while (pair != buffer) {
        prefix = prefix - ${BLOCK_BYTES};
        pair = pair - ${PAIR_BLOCK_BYTES};
        target = target - ${BLOCK * POINT_BYTES};
        fqMultiply(inverse, prefix, ${workBlock(0)});
        fqMultiplyDifference(inverse, pair + ${x2}, pair, inverse);
        fqMultiplyDifference(${workBlock(0)}, pair + ${y2}, pair + ${y1}, ${workBlock(1)});
        fqSquareMinus(${workBlock(1)}, pair, pair + ${x2}, ${workBlock(2)});
        fqChord(${workBlock(1)}, pair, ${workBlock(2)}, pair + ${y1}, ${workBlock(3)});
        g1Scatter(${workBlock(2)}, target);
      }
      infinite = 0;
      if (special) { infinite = g1FinishSpecial(out, buffer); }
      return infinite;
    }

    func g1AddPairs(list, pairs, out, buffer) {
      infinite = 0;
      blocks = (pairs + ${BLOCK - 1}) >> 3;
      while (blocks) {
        batch = ${BATCH_BLOCKS};
        if (blocks < batch) { batch = blocks; }
        infinite = infinite | g1AddBatch(list, batch, out, buffer);
        list = list + batch * ${LIST_BYTES};
        out = out + batch * ${BLOCK * POINT_BYTES};
        blocks = blocks - batch;
      }
      return infinite;
    }`,
    withResults,
  );
}
