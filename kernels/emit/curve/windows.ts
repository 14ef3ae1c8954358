/**
 * One window of a multi-scalar multiplication: sum_k k·bucket_k over a range of digits, as projective blocks.
 *
 * Few buckets are summed directly. Many are points with small scalars k again: split k = high·2^s + low, and sum two
 * second levels of 2^s buckets each, with batched affine additions (130 ns) in place of complete ones (280 ns). Second levels may gather
 * several ranges of buckets before they are summed.
 *
 * Running sums: with L = ceil(keys / 8), lane l takes buckets l·L + t, t < L, and leaves
 *     R_l = sum_t bucket[l·L + t]        S_l = sum_t (t + 1)·bucket[l·L + t]
 * so that sum_k (k + 1)·bucket[k] = sum_l S_l + L·(l·R_l). A result is a projective block with this sum in every lane.
 */
import { BLOCK, BLOCK_BYTES, LIMB_STRIDE, LIMBS } from "../field.ts";
import { workBlock } from "./add.ts";
import { HIGH_SUMS, LOW_SUMS, SPLIT_BUCKETS, SPLIT_ENDS, WINDOW_SUMS } from "./buckets.ts";
import { PROJECTIVE_BYTES } from "./projective.ts";
import type { CurveTables } from "./tables.ts";
import { POINT_BYTES, POINT_Y } from "./tables.ts";

/** Where a task keeps R, S, and a block for lanes. */
const [R, S, LANES] = [0, 1, 2].map((i) => WINDOW_SUMS + PROJECTIVE_BYTES * i) as [number, number, number];

export function windowControl(tables: CurveTables): string {
  // Blocks 9, 10 and 11 are one projective block.
  const gathered = workBlock(9);
  const addSwapped = [1, 2, 4].flatMap((distance) => [
    ...[0, 1, 2].map((c) => `fqSwap${distance}(p + ${BLOCK_BYTES * c}, ${workBlock(9 + c)});`),
    `g1AddProjective(p, ${gathered});`,
  ]);
  return `
    func g1SetInfinity(p) {
      fill(p, 0, ${PROJECTIVE_BYTES});
      blockCopy(${tables.one}, p + ${BLOCK_BYTES});
    }

    // Lane l of out = bucket[l·length + t], infinity where there is none.
    func g1GatherBuckets(buckets, keys, length, t, out) {
      g1SetInfinity(out);
      lane = 0;
      while (lane < ${BLOCK}) {
        index = lane * length + t;
        if (index < keys) {
          point = buckets + index * ${POINT_BYTES};
          if (holdsNan(point) == 0) {
            at = out + (lane << 3);
            j = 0;
            while (j < ${LIMBS}) {
              copyDouble(at + j * ${LIMB_STRIDE}, point + (j << 3));
              copyDouble(at + ${BLOCK_BYTES} + j * ${LIMB_STRIDE}, point + ${POINT_Y} + (j << 3));
              copyDouble(at + ${2 * BLOCK_BYTES} + j * ${LIMB_STRIDE}, ${tables.one} + j * ${LIMB_STRIDE});
              j = j + 1;
            }
          }
        }
        lane = lane + 1;
      }
    }

    // Adds to p the lanes l of q with l & bit.
    func g1AddLanes(p, q, bit) {
      g1SetInfinity(${gathered});
      lane = 0;
      while (lane < ${BLOCK}) {
        if (lane & bit) {
          at = ${gathered} + (lane << 3);
          from = q + (lane << 3);
          end = from + ${PROJECTIVE_BYTES};
          while (from < end) {
            copyDouble(at, from);
            at = at + ${LIMB_STRIDE};
            from = from + ${LIMB_STRIDE};
          }
        }
        lane = lane + 1;
      }
      g1AddProjective(p, ${gathered});
    }

    // p = factor·p, using temp; factor > 0.
    func g1MultiplyProjective(p, factor, temp) {
      memoryCopy(temp, p, ${PROJECTIVE_BYTES});
      bit = 31 - leadingZeros(factor);
      while (bit) {
        bit = bit - 1;
        g1DoubleProjective(p);
        if ((factor >> bit) & 1) { g1AddProjective(p, temp); }
      }
    }

    // result = lane-wise S_l + length·l·R_l of the buckets; the sum over lanes is sum_k (k + 1)·bucket[k].
    func g1RunningSums(buckets, keys, workspace, result) {
      sums = workspace + ${R};
      lanes = workspace + ${LANES};
      g1SetInfinity(sums);
      g1SetInfinity(result);
      length = (keys + ${BLOCK - 1}) >> 3;
      t = length;
      while (t) {
        t = t - 1;
        g1GatherBuckets(buckets, keys, length, t, ${gathered});
        g1AddProjective(sums, ${gathered});
        g1AddProjective(result, sums);
      }
      g1SetInfinity(lanes);
      g1AddLanes(lanes, sums, 4);
      g1DoubleProjective(lanes);
      g1AddLanes(lanes, sums, 2);
      g1DoubleProjective(lanes);
      g1AddLanes(lanes, sums, 1);
      g1MultiplyProjective(lanes, length, sums);
      g1AddProjective(result, lanes);
    }

    // Every lane of p becomes the sum of all.
    func g1SumLanes(p) {
      ${addSwapped.join(" ")}
    }

    // Sorts the buckets, as points, by ((first + index) >> shift) & mask, value 0 left out and value v as key v - 1, and the sums, which
    // have these keys already.
    func g1SortBuckets(buckets, count, first, shift, mask, sums, ends, entries) {
      key = 0;
      while (key < mask) {
        store32(ends + (key << 2), 1 - holdsNan(sums + key * ${POINT_BYTES}));
        key = key + 1;
      }
      i = 0;
      while (i < count) {
        value = ((first + i) >> shift) & mask;
        if (value) {
          if (holdsNan(buckets + i * ${POINT_BYTES}) == 0) {
            at = ends + ((value - 1) << 2);
            store32(at, load32(at) + 1);
          }
        }
        i = i + 1;
      }
      g1Starts(ends, mask);
      key = 0;
      while (key < mask) {
        if (holdsNan(sums + key * ${POINT_BYTES}) == 0) {
          at = ends + (key << 2);
          position = load32(at);
          store32(at, position + 1);
          store32(entries + (position << 2), sums + key * ${POINT_BYTES});
        }
        key = key + 1;
      }
      i = 0;
      while (i < count) {
        value = ((first + i) >> shift) & mask;
        if (value) {
          if (holdsNan(buckets + i * ${POINT_BYTES}) == 0) {
            at = ends + ((value - 1) << 2);
            position = load32(at);
            store32(at, position + 1);
            store32(entries + (position << 2), buckets + i * ${POINT_BYTES});
          }
        }
        i = i + 1;
      }
    }

    // The second levels hold nothing.
    func g1ClearLevels(workspace) {
      sums = workspace + ${HIGH_SUMS};
      end = workspace + ${WINDOW_SUMS};
      while (sums < end) {
        storeNan(sums);
        sums = sums + ${POINT_BYTES};
      }
    }

    func g1AddToLevel(buckets, first, keys, shift, mask, workspace, sums, entries) {
      ends = workspace + ${SPLIT_ENDS};
      split = workspace + ${SPLIT_BUCKETS};
      g1SortBuckets(buckets, keys, first, shift, mask, sums, ends, entries);
      g1SumBuckets(entries, ends, mask, split, workspace, 0);
      memoryCopy(sums, split, mask * ${POINT_BYTES});
    }

    // Adds buckets of the scalars first + index to the second levels, with room for an entry of each and of 2^splitBits more.
    func g1AddToLevels(buckets, first, keys, workspace, entries, splitBits) {
      mask = (1 << splitBits) - 1;
      g1AddToLevel(buckets, first, keys, splitBits, mask, workspace, workspace + ${HIGH_SUMS}, entries);
      g1AddToLevel(buckets, first, keys, 0, mask, workspace, workspace + ${LOW_SUMS}, entries);
    }

    // Task: result = sum of the scalars times the buckets that the second levels were given.
    func g1LevelsTask(workspace, splitBits, result) {
      mask = (1 << splitBits) - 1;
      g1RunningSums(workspace + ${HIGH_SUMS}, mask, workspace, result);
      g1MultiplyProjective(result, 1 << splitBits, workspace + ${R});
      g1RunningSums(workspace + ${LOW_SUMS}, mask, workspace, workspace + ${S});
      g1AddProjective(result, workspace + ${S});
      g1SumLanes(result);
    }

    // Task: result = sum of |d|·bucket over the digits d with first <= |d| < last. Without splitBits, first must be 1.
    func g1WindowTask(digits, count, points, first, last, base, stride, chunk, maxKeys, result, splitBits, mayHoldInfinity) {
      workspace = g1ChunkWorkspace(base, stride, chunk);
      ends = g1WorkspaceEnds(workspace);
      buckets = g1WorkspaceBuckets(workspace, maxKeys);
      entries = g1WorkspaceEntries(workspace, maxKeys);
      keys = last - first;
      g1SortDigits(digits, count, points, first, keys, ends, entries, mayHoldInfinity);
      g1SumBuckets(entries, ends, keys, buckets, workspace, 0);
      if (splitBits) {
        g1ClearLevels(workspace);
        g1AddToLevels(buckets, first, keys, workspace, entries, splitBits);
        g1LevelsTask(workspace, splitBits, result);
      } else {
        g1RunningSums(buckets, keys, workspace, result);
        g1SumLanes(result);
      }
    }`;
}
