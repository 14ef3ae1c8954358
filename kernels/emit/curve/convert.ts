/** Points from and to 64-byte big-endian records, and tables of multiples of one point. */
import { BLOCK } from "../field.ts";
import { workBlock } from "./add.ts";
import { LIST_BYTES } from "./gather.ts";
import type { CurveTables } from "./tables.ts";
import { POINT_BYTES } from "./tables.ts";
import { RECORD_BYTES } from "./words.ts";

/** Outputs of a fixed-base task that are summed at once. */
export const FIXED_BASE_GROUP = 1 << 11;

export function convertControl(tables: CurveTables): string {
  const allZero = Array.from({ length: RECORD_BYTES / 8 }, (_, i) => `load64IsZero(records + ${8 * i})`).join(" & ");
  return `
    // Task: blocks of eight records to points. Stores 1 at \`found\` if one is infinity (all zero).
    func g1ReadTask(records, blocks, points, found) {
      while (blocks) {
        fqReadBytes(records, ${workBlock(0)});
        fqReadBytes(records + ${RECORD_BYTES / 2}, ${workBlock(1)});
        fqMultiplyWeak(${workBlock(0)}, ${tables.squaredRadix}, ${workBlock(0)});
        fqMultiplyWeak(${workBlock(1)}, ${tables.squaredRadix}, ${workBlock(1)});
        g1Scatter(${workBlock(0)}, points);
        lane = 0;
        while (lane < ${BLOCK}) {
          if (${allZero}) {
            storeNan(points);
            store32(found, 1);
          }
          records = records + ${RECORD_BYTES};
          points = points + ${POINT_BYTES};
          lane = lane + 1;
        }
        blocks = blocks - 1;
      }
    }

    // Task: blocks of eight points to records.
    func g1WriteTask(points, blocks, records) {
      list = ${workBlock(4)};
      while (blocks) {
        lane = 0;
        while (lane < ${BLOCK}) {
          store32(list + (lane << 2), points + lane * ${POINT_BYTES});
          lane = lane + 1;
        }
        g1GatherFirst(list, ${workBlock(0)});
        fqMultiplyWeak(${workBlock(0)}, ${tables.integerOne}, ${workBlock(2)});
        fqMultiplyWeak(${workBlock(1)}, ${tables.integerOne}, ${workBlock(3)});
        fqWriteBytes(${workBlock(2)}, records);
        fqWriteBytes(${workBlock(3)}, records + ${RECORD_BYTES / 2});
        lane = 0;
        while (lane < ${BLOCK}) {
          if (holdsNan(points)) { fill(records, 0, ${RECORD_BYTES}); }
          records = records + ${RECORD_BYTES};
          points = points + ${POINT_BYTES};
          lane = lane + 1;
        }
        blocks = blocks - 1;
      }
    }

    // Task: table[d - 1] = d·P for d <= size, a power of two from 16 to the chunk; table[0] is given.
    func g1TableTask(table, size, base, stride, chunk) {
      workspace = g1ChunkWorkspace(base, stride, chunk);
      list = g1WorkspaceList(workspace);
      have = 1;
      while (have < size) {
        // Sums are written by blocks; for have < 8 the surplus is overwritten by the next step.
        i = 0;
        while (i < ((have + 7) >> 3 << 3)) {
          at = list + (i >> 3) * ${LIST_BYTES} + ((i & 7) << 2);
          index = i;
          if (i >= have) { index = have - 1; }
          store32(at, table + (have - 1) * ${POINT_BYTES});
          store32(at + 32, table + index * ${POINT_BYTES});
          i = i + 1;
        }
        g1AddPairs(list, have, table + have * ${POINT_BYTES}, workspace);
        have = have << 1;
      }
    }

    // Task: out[i] = sum over windows w of sign·table[w·size + |digit| - 1], digits from row \`digits\` + w·rowBytes.
    func g1FixedBaseTask(digits, rowBytes, windows, table, size, count, out, base, stride, chunk) {
      workspace = g1ChunkWorkspace(base, stride, chunk);
      ends = g1WorkspaceEnds(workspace);
      entries = g1WorkspaceEntries(workspace, ${FIXED_BASE_GROUP});
      while (count) {
        group = ${FIXED_BASE_GROUP};
        if (count < group) { group = count; }
        i = 0;
        position = 0;
        while (i < group) {
          window = 0;
          while (window < windows) {
            digit = load16Signed(digits + window * rowBytes + (i << 1));
            if (digit) {
              mask = signMask(digit);
              entry = table + (window * size + (digit ^ mask) - mask - 1) * ${POINT_BYTES};
              store32(entries + (position << 2), entry | (mask & 1));
              position = position + 1;
            }
            window = window + 1;
          }
          store32(ends + (i << 2), position);
          i = i + 1;
        }
        g1SumBuckets(entries, ends, group, out, workspace, 0);
        digits = digits + (group << 1);
        out = out + group * ${POINT_BYTES};
        count = count - group;
      }
    }`;
}
