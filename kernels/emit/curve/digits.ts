/**
 * Scalars to signed window digits.
 *
 * A scalar s is s' = s + K with K = sum_w bias_w·2^(c·w); the digit of window w is bits [c·w, c·w + c) of s', minus bias_w. So every
 * digit is read without a carry from the one below. Digits are int16, one row for each window:
 *
 *     digits + w·rowBytes + 2·i     digit w of scalar i
 */
import { R } from "../../../core/field.ts";
import { defineMultiply } from "../block.ts";
import { BLOCK, BLOCK_BYTES, fieldConstants } from "../field.ts";
import type { ModuleText } from "../module.ts";
import { WORK } from "./add.ts";
import type { CurveTables } from "./tables.ts";
import { WORDS_STRIDE } from "./words.ts";

const INTEGER = WORK;
const WORDS = WORK + BLOCK_BYTES;

export function defineScalarKernels(module: ModuleText): void {
  defineMultiply(module, fieldConstants(R), "frMultiplyWeakInCurve", ["a", "b", "out"], "a", "b", { weak: "near" });
}

export function digitControl(tables: CurveTables): string {
  return `
    // Task: digits of \`blocks\` blocks of scalars, for \`windows\` windows from bit \`firstBit\` on; lastBias is that of the last of them.
    // bias: digits of K at 51 bits, as i64.
    func g1ScalarDigitsTask(vector, blocks, bias, windows, bits, lastBias, digits, rowBytes, firstBit) {
      words = scratch() + ${WORDS};
      fill(words, 0, ${BLOCK * WORDS_STRIDE});
      mask = (1 << bits) - 1;
      while (blocks) {
        frMultiplyWeakInCurve(vector, ${tables.integerOne}, scratch() + ${INTEGER});
        frWriteWords(scratch() + ${INTEGER}, words, bias);
        lane = 0;
        while (lane < ${BLOCK}) {
          at = words + lane * ${WORDS_STRIDE};
          out = digits + (lane << 1);
          window = 0;
          bit = firstBit;
          digitBias = 1 << (bits - 1);
          while (window < windows) {
            if (window + 1 == windows) { digitBias = lastBias; }
            store16(out, ((load32(at + (bit >> 3)) >> (bit & 7)) & mask) - digitBias);
            out = out + rowBytes;
            bit = bit + bits;
            window = window + 1;
          }
          lane = lane + 1;
        }
        vector = vector + ${BLOCK_BYTES};
        digits = digits + ${2 * BLOCK};
        blocks = blocks - 1;
      }
    }

    // Task: digits of \`count\` int32; the last window takes the rest, which must fit in an int16.
    func g1IntDigitsTask(ints, count, windows, bits, digits, rowBytes) {
      mask = (1 << bits) - 1;
      half = 1 << (bits - 1);
      while (count) {
        value = load32(ints);
        out = digits;
        window = 1;
        while (window < windows) {
          store16(out, ((value + half) & mask) - half);
          value = shiftRightSigned(value, bits) + ((value >> (bits - 1)) & 1);
          out = out + rowBytes;
          window = window + 1;
        }
        store16(out, value);
        ints = ints + 4;
        digits = digits + 2;
        count = count - 1;
      }
    }`;
}
