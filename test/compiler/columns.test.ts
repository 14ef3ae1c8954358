import { expect, test } from "vitest";
import { chooseBlocksPerColumn } from "../../compiler/4-lower/columns.ts";

test.each([
  ["digits MLP", 11, 2_800, 4],
  ["LeNet-5", 14, 61_706, 4],
  ["MLP with two million weights", 15, 2_016_230, 4],
  ["VGG-16 on 32 x 32", 19, 14_988_800, 1],
  ["ResNet-18 on 32 x 32", 20, 11_169_792, 1],
  ["few weights, an opening of a second", 16, 2_000, 4],
  ["many rows, no weights", 18, 0, 1],
] as const)("%s", (_name, logRows, fixedCells, blocks) => {
  expect(chooseBlocksPerColumn(logRows, fixedCells)).toBe(blocks);
});

test("columns get shorter as a circuit gets rows, and longer as it gets weights", () => {
  const byRows = Array.from({ length: 14 }, (_, i) => chooseBlocksPerColumn(10 + i, 2 ** 16));
  expect(byRows).toEqual([...byRows].sort((a, b) => b - a));
  const byWeights = Array.from({ length: 14 }, (_, i) => chooseBlocksPerColumn(17, 2 ** (12 + i)));
  expect(byWeights).toEqual([...byWeights].sort((a, b) => a - b));
});
