/**
 * Bucket sums: bucket k = sum of the points whose digit is k, minus those whose digit is -k.
 *
 * Entries (gather.ts) are sorted by key with a counting sort. Each bucket is summed as a binary tree: a round pairs
 * neighbours of every bucket in turn, adds all pairs in batches and puts the sums in place of the pairs. Sums go to a tree area
 * of bounded size, so entries are taken in chunks. A batch pays for an inversion: when few pairs are left, their points, and the
 * partial sum of a bucket that goes on, are carried into the next chunk as its first segments.
 *
 * A workspace belongs to one thread:
 *     batch buffer, ends and buckets of one second level, sums of both, running sums, size of a chunk, carried points;
 *     sized by the chunk: tree, pair list, sizes and keys of a chunk's segments;
 *     sized by the call: ends of the buckets, bucket sums, entries
 */
import { BLOCK } from "../field.ts";
import { BATCH_BYTES } from "./add.ts";
import { LIST_BYTES } from "./gather.ts";
import { PROJECTIVE_BYTES } from "./projective.ts";
import type { CurveTables } from "./tables.ts";
import { POINT_BYTES } from "./tables.ts";

/** Second-level digits have at most this many bits. */
export const SPLIT_BITS = 8;

export const SPLIT_ENDS = BATCH_BYTES;
export const SPLIT_BUCKETS = SPLIT_ENDS + 4 * (1 << SPLIT_BITS) + 64;
export const HIGH_SUMS = SPLIT_BUCKETS + POINT_BYTES * (1 << SPLIT_BITS);
export const LOW_SUMS = HIGH_SUMS + POINT_BYTES * (1 << SPLIT_BITS);
/** Three projective blocks. */
export const WINDOW_SUMS = LOW_SUMS + POINT_BYTES * (1 << SPLIT_BITS);
const CHUNK = WINDOW_SUMS + 3 * PROJECTIVE_BYTES;
const CARRY = CHUNK + 64;

/** A chunk that is not the last leaves rounds of fewer pairs to the next; with half of this, sums take 1% longer. */
const CARRY_PAIRS = 2 ** 7;
/**
 * A segment of n > 1 points has floor(n / 2) >= n / 3 pairs, so segments with CARRY_PAIRS - 1 pairs in all have at most 3 times
 * as many points; the bucket that goes on may be one more point.
 */
export const CARRY_POINTS = 3 * (CARRY_PAIRS - 1) + 1;
const TREE = Math.ceil((CARRY + POINT_BYTES * CARRY_POINTS) / 64) * 64;

/** Entries in a chunk of short sums, where the scratch would weigh more than the vectors do, and of long ones. */
export const LEAST_CHUNK = 2 ** 11;
export const MOST_CHUNK = 2 ** 13;
/** Each round of a tree pads its sums to a block; a tree has at most log2(chunk) + 1 rounds. */
const PADDING_POINTS = BLOCK * 32;

/**
 * Entries in a chunk, for a sum of `count` points. A chunk takes 104 bytes an entry; a point sum takes 1% to 3% longer with the
 * least than with the most, since its inversions are for fewer pairs. It must be more than CARRY_POINTS.
 */
export function chunkEntries(count: number): number {
  return Math.min(MOST_CHUNK, Math.max(LEAST_CHUNK, 2 ** Math.floor(Math.log2(count) - 3)));
}

/** A multiple of 64. */
function chunkBytes(chunk: number): number {
  return (chunk + PADDING_POINTS) * POINT_BYTES + (chunk / 2 / BLOCK + 2) * LIST_BYTES + 2 * 4 * chunk;
}

/** Bytes of one thread's workspace for up to `keys` buckets and `entries` entries, `chunk` of them at a time. */
export function workspaceBytes(keys: number, entries: number, chunk: number): number {
  const bytes = TREE + chunkBytes(chunk) + 4 * (keys + 32) + POINT_BYTES * keys + 4 * entries;
  return Math.ceil(bytes / 64) * 64;
}

export function bucketControl(tables: CurveTables): string {
  return `
    func g1Workspace(base, stride) {
      return base + threadIndex() * stride;
    }
    func g1ChunkWorkspace(base, stride, chunk) {
      workspace = g1Workspace(base, stride);
      store32(workspace + ${CHUNK}, chunk);
      return workspace;
    }
    func g1WorkspaceList(workspace) {
      return workspace + ${TREE} + (load32(workspace + ${CHUNK}) + ${PADDING_POINTS}) * ${POINT_BYTES};
    }
    func g1WorkspaceSizes(workspace) {
      return g1WorkspaceList(workspace) + ((load32(workspace + ${CHUNK}) >> ${Math.log2(2 * BLOCK)}) + 2) * ${LIST_BYTES};
    }
    func g1WorkspaceSegmentKeys(workspace) {
      return g1WorkspaceSizes(workspace) + (load32(workspace + ${CHUNK}) << 2);
    }
    func g1WorkspaceEnds(workspace) {
      return g1WorkspaceSegmentKeys(workspace) + (load32(workspace + ${CHUNK}) << 2);
    }
    func g1WorkspaceBuckets(workspace, maxKeys) {
      return g1WorkspaceEnds(workspace) + (((maxKeys + 31) >> 4) << 6);
    }
    func g1WorkspaceEntries(workspace, maxKeys) {
      return g1WorkspaceBuckets(workspace, maxKeys) + maxKeys * ${POINT_BYTES};
    }

    // Counts to the positions where each key starts.
    func g1Starts(ends, keys) {
      sum = 0;
      while (keys) {
        count = load32(ends);
        store32(ends, sum);
        sum = sum + count;
        ends = ends + 4;
        keys = keys - 1;
      }
    }

    // Sorts the points by key = |digit| - first where key < keys; ends[key] is where the entries of a key end.
    func g1SortDigits(digits, count, points, first, keys, ends, entries, mayHoldInfinity) {
      fill(ends, 0, keys << 2);
      i = 0;
      while (i < count) {
        digit = load16Signed(digits + (i << 1));
        mask = signMask(digit);
        key = (digit ^ mask) - mask - first;
        if (key < keys) {
          counted = 1;
          if (mayHoldInfinity) { counted = 1 - holdsNan(points + i * ${POINT_BYTES}); }
          at = ends + (key << 2);
          store32(at, load32(at) + counted);
        }
        i = i + 1;
      }
      g1Starts(ends, keys);
      i = 0;
      while (i < count) {
        digit = load16Signed(digits + (i << 1));
        mask = signMask(digit);
        key = (digit ^ mask) - mask - first;
        if (key < keys) {
          counted = 1;
          if (mayHoldInfinity) { counted = 1 - holdsNan(points + i * ${POINT_BYTES}); }
          if (counted) {
            at = ends + (key << 2);
            position = load32(at);
            store32(at, position + 1);
            store32(entries + (position << 2), (points + i * ${POINT_BYTES}) | (mask & 1));
          }
        }
        i = i + 1;
      }
    }

    // Pairs neighbours within each segment, replaces them by their sums' addresses, compacts.
    func g1PairEntries(start, sizes, segments, list, out) {
      read = start;
      write = start;
      pairs = 0;
      sizesEnd = sizes + (segments << 2);
      while (sizes != sizesEnd) {
        size = load32(sizes);
        half = size >> 1;
        stop = pairs + half;
        while (pairs != stop) {
          at = list + ((pairs >> 3) << 6) + ((pairs & 7) << 2);
          store32(at, load32(read));
          store32(at + 32, load32(read + 4));
          store32(write, out);
          out = out + ${POINT_BYTES};
          read = read + 8;
          write = write + 4;
          pairs = pairs + 1;
        }
        if (size & 1) {
          store32(write, load32(read));
          read = read + 4;
          write = write + 4;
        }
        store32(sizes, half + (size & 1));
        sizes = sizes + 4;
      }
      filled = pairs;
      while (filled & 7) {
        at = list + ((filled >> 3) << 6) + ((filled & 7) << 2);
        store32(at, ${tables.fillers[0]});
        store32(at + 32, ${tables.fillers[1]});
        filled = filled + 1;
      }
    }

    // Removes entries of points at infinity.
    func g1DropInfinities(start, sizes, segments) {
      read = start;
      write = start;
      while (segments) {
        size = load32(sizes);
        kept = 0;
        while (size) {
          entry = load32(read);
          if (holdsNan((entry >> 1) << 1) == 0) {
            store32(write, entry);
            write = write + 4;
            kept = kept + 1;
          }
          read = read + 4;
          size = size - 1;
        }
        store32(sizes, kept);
        sizes = sizes + 4;
        segments = segments - 1;
      }
    }

    func g1CountPairs(sizes, segments) {
      pairs = 0;
      while (segments) {
        pairs = pairs + (load32(sizes) >> 1);
        sizes = sizes + 4;
        segments = segments - 1;
      }
      return pairs;
    }

    // Rounds over the segments of a chunk, while they have at least so many pairs.
    func g1SumSegments(start, segments, leastPairs, workspace) {
      sizes = g1WorkspaceSizes(workspace);
      list = g1WorkspaceList(workspace);
      out = workspace + ${TREE};
      pairs = g1CountPairs(sizes, segments);
      while (pairs >= leastPairs) {
        g1PairEntries(start, sizes, segments, list, out);
        infinite = g1AddPairs(list, pairs, out, workspace);
        if (infinite) { g1DropInfinities(start, sizes, segments); }
        out = out + ((pairs + ${BLOCK - 1}) >> 3) * ${BLOCK * POINT_BYTES};
        pairs = g1CountPairs(sizes, segments);
      }
    }

    // Copies sums to their buckets. Moves segments of several points, and that of openKey, to the front, and their points to
    // the carry area. A point that is there already moves down or stays, since each point before it comes from one or more
    // of those before it there; so none is overwritten before it is copied. Returns the number of segments left.
    func g1FinishSegments(start, segments, openKey, buckets, workspace) {
      sizes = g1WorkspaceSizes(workspace);
      segmentKeys = g1WorkspaceSegmentKeys(workspace);
      carry = workspace + ${CARRY};
      i = 0;
      left = 0;
      while (i < segments) {
        size = load32(sizes + (i << 2));
        key = load32(segmentKeys + (i << 2));
        if (size > (key != openKey)) {
          store32(sizes + (left << 2), size);
          store32(segmentKeys + (left << 2), key);
          left = left + 1;
          while (size) {
            g1Copy(load32(start), carry);
            start = start + 4;
            carry = carry + ${POINT_BYTES};
            size = size - 1;
          }
        } else {
          if (size) {
            g1Copy(load32(start), buckets + key * ${POINT_BYTES});
            start = start + 4;
          }
        }
        i = i + 1;
      }
      return left;
    }

    // Writes the entries of the carry area, which end at \`next\`; returns how many.
    func g1CarryEntries(next, segments, workspace) {
      sizes = g1WorkspaceSizes(workspace);
      carried = 0;
      while (segments) {
        carried = carried + load32(sizes);
        sizes = sizes + 4;
        segments = segments - 1;
      }
      point = workspace + ${CARRY};
      entry = next - (carried << 2);
      while (entry != next) {
        store32(entry, point);
        point = point + ${POINT_BYTES};
        entry = entry + 4;
      }
      return carried;
    }

    // buckets[key] = sum of the key's entries, those of the first key from \`from\` on; infinity for a key without entries.
    // Overwrites entries.
    func g1SumBuckets(entries, ends, keys, buckets, workspace, from) {
      key = 0;
      while (key < keys) {
        storeNan(buckets + key * ${POINT_BYTES});
        key = key + 1;
      }
      sizes = g1WorkspaceSizes(workspace);
      segmentKeys = g1WorkspaceSegmentKeys(workspace);
      end = load32(ends + ((keys - 1) << 2));
      key = 0;
      segments = 0;
      carried = 0;
      while (from < end) {
        // A carried point is a sum of earlier entries, at least one: there is room for its own before \`from\`.
        start = entries + ((from - carried) << 2);
        stop = from + load32(workspace + ${CHUNK}) - carried;
        leastPairs = ${CARRY_PAIRS};
        if (end <= stop) {
          stop = end;
          leastPairs = 1;
        }
        while (from < stop) {
          keyEnd = load32(ends + (key << 2));
          take = keyEnd - from;
          if (stop < keyEnd) { take = stop - from; }
          if (take) {
            goesOn = 0;
            if (segments) { goesOn = load32(segmentKeys + (segments << 2) - 4) == key; }
            if (goesOn) {
              last = sizes + (segments << 2) - 4;
              store32(last, load32(last) + take);
            } else {
              store32(sizes + (segments << 2), take);
              store32(segmentKeys + (segments << 2), key);
              segments = segments + 1;
            }
            from = from + take;
          }
          if (from == keyEnd) { key = key + 1; }
        }
        g1SumSegments(start, segments, leastPairs, workspace);
        segments = g1FinishSegments(start, segments, key, buckets, workspace);
        carried = g1CarryEntries(entries + (from << 2), segments, workspace);
      }
    }`;
}
