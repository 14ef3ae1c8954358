/**
 * The complete laws of addition and doubling, for the few sums where affine batches do not pay.
 *
 * A projective block is X, Y, Z (960 bytes), point (X/Z, Y/Z), Z = 0 at infinity; all coordinates weakly reduced.
 * Source: J. Renes, C. Costello, L. Batina, "Complete addition formulas for prime order elliptic curves" (EUROCRYPT 2016),
 * algorithms 7 and 9, a = 0, 3b = 9.
 */
import { BLOCK_BYTES } from "../field.ts";
import { workBlock } from "./add.ts";
import type { CurveTables } from "./tables.ts";

export const PROJECTIVE_BYTES = 3 * BLOCK_BYTES;

/** Work blocks 0..8. Block 9 and on are the caller's. */
export function projectiveControl(tables: CurveTables): string {
  const [t0, t1, t2, t3, t4, y3, x3, z3, product] = Array.from({ length: 9 }, (_, i) => workBlock(i));
  return `
    func g1AddProjective(p, q) {
      x1 = p; y1 = p + ${BLOCK_BYTES}; z1 = p + ${2 * BLOCK_BYTES};
      x2 = q; y2 = q + ${BLOCK_BYTES}; z2 = q + ${2 * BLOCK_BYTES};
      fqMultiplyWeak(x1, x2, ${t0});
      fqMultiplyWeak(y1, y2, ${t1});
      fqMultiplyWeak(z1, z2, ${t2});
      fqCross(x1, y1, x2, y2, ${t0}, ${t1}, ${t3});
      fqCross(y1, z1, y2, z2, ${t1}, ${t2}, ${t4});
      fqCross(x1, z1, x2, z2, ${t0}, ${t2}, ${y3});
      fqAddThree(${t0}, ${t0}, ${t0}, ${x3});
      fqMultiplyWeak(${t2}, ${tables.nine}, ${t2});
      fqAdd(${t1}, ${t2}, ${z3});
      fqSubtract(${t1}, ${t2}, ${t1});
      fqMultiplyWeak(${y3}, ${tables.nine}, ${y3});
      fqMultiplyWeak(${t4}, ${y3}, ${product});
      fqMultiplyMinus(${t3}, ${t1}, ${product}, x1);
      fqMultiplyWeak(${y3}, ${x3}, ${product});
      fqMultiplyPlus(${t1}, ${z3}, ${product}, y1);
      fqMultiplyWeak(${x3}, ${t3}, ${product});
      fqMultiplyPlus(${z3}, ${t4}, ${product}, z1);
    }

    func g1DoubleProjective(p) {
      x = p; y = p + ${BLOCK_BYTES}; z = p + ${2 * BLOCK_BYTES};
      fqSquareWeak(y, ${t0});
      fqMultiplyWeak(y, z, ${t1});
      fqSquareWeak(z, ${t2});
      fqMultiplyWeak(${t2}, ${tables.nine}, ${t2});
      fqMultiplyMinus(${t0}, ${tables.nine}, ${t0}, ${z3});
      fqMultiplyWeak(x, y, ${t3});
      fqMultiplyWeak(${t2}, ${z3}, ${product});
      fqAdd(${t0}, ${t2}, ${y3});
      fqMultiplyWeak(${t1}, ${z3}, z);
      fqAddThree(${t2}, ${t2}, ${t2}, ${t2});
      fqSubtract(${t0}, ${t2}, ${t0});
      fqMultiplyPlus(${t0}, ${y3}, ${product}, y);
      fqAdd(${t3}, ${t3}, ${t3});
      fqMultiplyWeak(${t0}, ${t3}, x);
    }

    // out = 0; for each of a list of (address, doublings): the projective block is added to out, then out is doubled so often.
    func g1Horner(list, count, out) {
      fill(out, 0, ${PROJECTIVE_BYTES});
      blockCopy(${tables.one}, out + ${BLOCK_BYTES});
      while (count) {
        g1AddProjective(out, load32(list));
        doublings = load32(list + 4);
        while (doublings) {
          g1DoubleProjective(out);
          doublings = doublings - 1;
        }
        list = list + 8;
        count = count - 1;
      }
    }`;
}
