/** Masks are what the platform's secure source gives, all of them, and differ from proof to proof. */
import { afterEach, expect, test, vi } from "vitest";
import { R } from "../../core/field.ts";
import { BLOCKS } from "../../core/layout.ts";
import { drawMasks, randomScalars } from "../../prover/masks.ts";
import { tinyCircuit } from "../support/circuits.ts";

const circuit = tinyCircuit();
afterEach(() => {
  vi.restoreAllMocks();
});

/** The source as 1, 2, 3, ... in 64-bit words; `asked` counts them. */
function countingSource(): { asked: number } {
  const source = { asked: 0 };
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    (array as unknown as BigUint64Array).forEach((_, i, words) => {
      words[i] = BigInt(++source.asked);
    });
    return array;
  });
  return source;
}

test("a scalar is 384 bits of the source modulo r, and no two share bits", () => {
  const source = countingSource();
  const first = [1n, 2n, 3n, 4n, 5n, 6n].reduce((value, word) => (value << 64n) | word);
  const second = [7n, 8n, 9n, 10n, 11n, 12n].reduce((value, word) => (value << 64n) | word);
  expect(randomScalars(2)).toEqual([first % R, second % R]);
  expect(source.asked).toBe(12);
});

test.each([1365, 1366, 3000])("%i scalars ask the source for all their bits, in pieces", (count) => {
  const source = countingSource();
  expect(new Set(randomScalars(count)).size).toBe(count);
  expect(source.asked).toBe(6 * count);
});

test("every masked row of every block is drawn", () => {
  const source = countingSource();
  const masks = drawMasks(circuit, true);
  const cells = BLOCKS.flatMap((block) => masks[block]);
  expect(cells).toHaveLength(BLOCKS.length * circuit.maskRows);
  expect(new Set(cells).size).toBe(cells.length);
  expect(source.asked).toBe(6 * cells.length);
});

test("without zero knowledge nothing is drawn", () => {
  const source = countingSource();
  expect(BLOCKS.flatMap((block) => drawMasks(circuit, false)[block]).every((cell) => cell === 0n)).toBe(true);
  expect(source.asked).toBe(0);
});

test("two proofs share no mask", () => {
  const [first, second] = [drawMasks(circuit, true), drawMasks(circuit, true)];
  const cells = BLOCKS.flatMap((block) => [...first[block], ...second[block]]);
  expect(new Set(cells).size).toBe(cells.length);
});
