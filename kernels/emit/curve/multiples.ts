/**
 * Sums over points and their multiples 2^(c·w)·P: digits of several windows share one set of buckets.
 *
 * Digits are counted and placed by all threads, each for a range of the scalars; then each sums a range of the buckets.
 */
import { BLOCK, BLOCK_BYTES } from "../field.ts";
import { BATCH_BLOCKS, INVERSE, INVERSION, PREFIX, workBlock } from "./add.ts";
import type { CurveTables } from "./tables.ts";
import { POINT_BYTES } from "./tables.ts";

/** x and y of eight points. */
const POINT_BLOCK_BYTES = 2 * BLOCK_BYTES;

export function multiplesControl(tables: CurveTables): string {
  const [inverseOfDouble, slope, twice] = [0, 1, 2].map(workBlock);
  return `
    // Doubles the points of blocks at buffer in place, by the tangent: slope = 3x^2 / 2y. No point may be infinity.
    func g1DoubleBatch(buffer, blocks) {
      prefix = scratch() + ${PREFIX};
      inverse = scratch() + ${INVERSE};
      blockCopy(${tables.one}, prefix);
      point = buffer;
      end = buffer + blocks * ${POINT_BLOCK_BYTES};
      while (point != end) {
        fqAdd(point + ${BLOCK_BYTES}, point + ${BLOCK_BYTES}, ${twice});
        fqMultiply(prefix, ${twice}, prefix + ${BLOCK_BYTES});
        prefix = prefix + ${BLOCK_BYTES};
        point = point + ${POINT_BLOCK_BYTES};
      }
      fqInvert(prefix, inverse, scratch() + ${INVERSION});
      while (point != buffer) {
        prefix = prefix - ${BLOCK_BYTES};
        point = point - ${POINT_BLOCK_BYTES};
        y = point + ${BLOCK_BYTES};
        fqMultiply(inverse, prefix, ${inverseOfDouble});
        fqAdd(y, y, ${twice});
        fqMultiply(inverse, ${twice}, inverse);
        fqSquareWeak(point, ${slope});
        fqAddThree(${slope}, ${slope}, ${slope}, ${slope});
        fqMultiply(${slope}, ${inverseOfDouble}, ${slope});
        fqSquareMinus(${slope}, point, point, ${twice});
        fqChord(${slope}, point, ${twice}, y, y);
        blockCopy(${twice}, point);
      }
    }

    // Task: out = 2^times·P for blocks of eight points; none is infinity.
    func g1DoubleTask(points, blocks, times, out, base, stride) {
      buffer = g1Workspace(base, stride);
      list = ${workBlock(4)};
      while (blocks) {
        batch = ${BATCH_BLOCKS};
        if (blocks < batch) { batch = blocks; }
        i = 0;
        while (i < batch) {
          lane = 0;
          while (lane < ${BLOCK}) {
            store32(list + (lane << 2), points);
            points = points + ${POINT_BYTES};
            lane = lane + 1;
          }
          g1GatherFirst(list, buffer + i * ${POINT_BLOCK_BYTES});
          i = i + 1;
        }
        left = times;
        while (left) {
          g1DoubleBatch(buffer, batch);
          left = left - 1;
        }
        i = 0;
        while (i < batch) {
          g1Scatter(buffer + i * ${POINT_BLOCK_BYTES}, out);
          out = out + ${BLOCK * POINT_BYTES};
          i = i + 1;
        }
        blocks = blocks - batch;
      }
    }

    // Task: counts[key] = digits with |d| = key in rows of \`count\` digits.
    func g1CountKeysTask(digits, rowBytes, windows, count, counts, keys) {
      fill(counts, 0, keys << 2);
      while (windows) {
        i = 0;
        while (i < count) {
          digit = load16Signed(digits + (i << 1));
          mask = signMask(digit);
          at = counts + (((digit ^ mask) - mask) << 2);
          store32(at, load32(at) + 1);
          i = i + 1;
        }
        digits = digits + rowBytes;
        windows = windows - 1;
      }
    }

    // Task: places an entry for each digit where ends[|d|] says, and moves that on. Row 0 of the points is at \`points\`, row w at
    // multiples + (w - 1)·pointRowBytes.
    func g1PlaceKeysTask(digits, rowBytes, windows, count, points, multiples, pointRowBytes, ends, entries) {
      while (windows) {
        i = 0;
        while (i < count) {
          digit = load16Signed(digits + (i << 1));
          mask = signMask(digit);
          at = ends + (((digit ^ mask) - mask) << 2);
          position = load32(at);
          store32(at, position + 1);
          store32(entries + (position << 2), (points + i * ${POINT_BYTES}) | (mask & 1));
          i = i + 1;
        }
        digits = digits + rowBytes;
        points = multiples;
        multiples = multiples + pointRowBytes;
        windows = windows - 1;
      }
    }

    // Task: adds the buckets of the keys first <= key < last to the second levels of the thread; entries of the first key start at
    // \`from\`.
    func g1KeysTask(entries, ends, from, first, last, base, stride, chunk, maxKeys, splitBits) {
      workspace = g1ChunkWorkspace(base, stride, chunk);
      buckets = g1WorkspaceBuckets(workspace, maxKeys);
      g1SumBuckets(entries, ends + (first << 2), last - first, buckets, workspace, from);
      split = g1WorkspaceEntries(workspace, maxKeys);
      g1AddToLevels(buckets, first, last - first, workspace, split, splitBits);
    }`;
}
