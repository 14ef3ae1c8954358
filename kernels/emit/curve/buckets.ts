/**
 * Bucket sums: bucket k = sum of the points whose digit is k, minus those whose digit is -k.
 *
 * Entries (gather.ts) are sorted by key with a counting sort. Each bucket is summed as a binary tree: a round pairs
 * neighbours of every bucket in turn, adds all pairs in batches and puts the sums in place of the pairs. Sums go to a tree area
 * of bounded size, so buckets are taken in chunks; a bucket larger than a chunk is continued with its partial sum as the first
 * entry of the next.
 *
 * A workspace belongs to one thread:
 *     batch buffer, ends and sums of second-level buckets, running sums, size of a chunk;
 *     sized by the chunk: tree, pair list, sizes and keys of a chunk's segments;
 *     sized by the call: ends of the buckets, bucket sums, entries
 */
import { SCRATCH_BYTES, scratchOf } from "../../memory-map.ts";
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
/** Three projective blocks. */
export const WINDOW_SUMS = SPLIT_BUCKETS + POINT_BYTES * (1 << SPLIT_BITS);
const CHUNK = WINDOW_SUMS + 3 * PROJECTIVE_BYTES;
const TREE = CHUNK + 64;

/** Entries in a chunk of short sums, where the scratch would weigh more than the vectors do, and of long ones. */
const LEAST_CHUNK = 2 ** 11;
export const MOST_CHUNK = 2 ** 13;
/** Each round of a tree pads its sums to a block; a tree has at most log2(chunk) + 1 rounds. */
const PADDING_POINTS = BLOCK * 32;

/**
 * Entries in a chunk, for a sum of `count` points. A chunk takes 104 bytes an entry; a point sum takes 4% longer with the least
 * than with the most, since the last rounds of a tree are inversions for few pairs.
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
  const bytes = TREE + chunkBytes(chunk) + 4 * (keys + 32) + POINT_BYTES * keys + 4 * (entries + 32);
  return Math.ceil(bytes / 64) * 64;
}

export function bucketControl(tables: CurveTables): string {
  return `
    func g1Workspace(base, stride) {
      return base + ((scratch() - ${scratchOf(0)}) >> ${Math.log2(SCRATCH_BYTES)}) * stride;
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
    // One entry before the first is free, for a partial sum.
    func g1WorkspaceEntries(workspace, maxKeys) {
      return g1WorkspaceBuckets(workspace, maxKeys) + maxKeys * ${POINT_BYTES} + 16;
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

    // Pairs neighbours within each segment, replaces them by their sums' addresses, compacts; returns the number of pairs.
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
      return pairs;
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

    // Sums the segments of a chunk into their buckets.
    func g1SumSegments(start, segments, buckets, workspace) {
      sizes = g1WorkspaceSizes(workspace);
      list = g1WorkspaceList(workspace);
      out = workspace + ${TREE};
      pairs = 1;
      while (pairs) {
        pairs = g1PairEntries(start, sizes, segments, list, out);
        if (pairs) {
          infinite = g1AddPairs(list, pairs, out, workspace);
          if (infinite) { g1DropInfinities(start, sizes, segments); }
          out = out + ((pairs + ${BLOCK - 1}) >> 3) * ${BLOCK * POINT_BYTES};
        }
      }
      segmentKeys = g1WorkspaceSegmentKeys(workspace);
      while (segments) {
        bucket = buckets + load32(segmentKeys) * ${POINT_BYTES};
        if (load32(sizes)) {
          g1Copy(load32(start), bucket);
          start = start + 4;
        } else {
          storeNan(bucket);
        }
        segmentKeys = segmentKeys + 4;
        sizes = sizes + 4;
        segments = segments - 1;
      }
    }

    // buckets[key] = sum of the key's entries, those of the first key from \`from\` on; infinity for a key without entries.
    func g1SumBuckets(entries, ends, keys, buckets, workspace, from) {
      key = 0;
      while (key < keys) {
        storeNan(buckets + key * ${POINT_BYTES});
        key = key + 1;
      }
      sizes = g1WorkspaceSizes(workspace);
      segmentKeys = g1WorkspaceSegmentKeys(workspace);
      most = load32(workspace + ${CHUNK}) - 1;
      key = 0;
      continues = 0;
      while (key < keys) {
        start = entries + (from << 2);
        carried = continues;
        continues = 0;
        if (carried) {
          partial = buckets + key * ${POINT_BYTES};
          if (holdsNan(partial)) {
            carried = 0;
          } else {
            start = start - 4;
            store32(start, partial);
          }
        }
        total = 0;
        segments = 0;
        open = 1;
        while (open) {
          left = 0;
          if (key < keys) { left = load32(ends + (key << 2)) - from; } else { open = 0; }
          room = most - total;
          take = left;
          if (left > room) {
            // A bucket that fits in a chunk waits for the next; a larger one fills this one up.
            take = 0;
            if (left > most) { take = room; }
            open = 0;
          }
          if (take) {
            store32(sizes + (segments << 2), take + carried);
            store32(segmentKeys + (segments << 2), key);
            carried = 0;
            segments = segments + 1;
            total = total + take;
            from = from + take;
            if (take != left) { continues = 1; }
          }
          if (open) { key = key + 1; }
        }
        if (segments) { g1SumSegments(start, segments, buckets, workspace); }
      }
    }`;
}
