/** Fixed columns: blobs, cuts, and the terms over them. */
import { expect, test } from "vitest";
import type { Blob, DraftTerm } from "../../compiler/4-lower/draft.ts";
import { cutTerm, placeBlobs } from "../../compiler/4-lower/fixed.ts";

let value = 1;
const blob = (rows: number, rowLength: number): Blob => ({
  rowLength,
  data: Float64Array.from({ length: rows * rowLength }, () => value++),
});

test.each([
  [[blob(3, 5), blob(4, 7), blob(1, 9), blob(10, 1)], 16],
  [[blob(6, 5), blob(40, 3), blob(1, 32)], 32],
  [[blob(2, 8), blob(2, 8)], 32],
])("every term over a blob still reads its rows, none crosses a column", (blobs, columnLength) => {
  const { cells, piecesOf } = placeBlobs(blobs, columnLength);
  blobs.forEach(({ rowLength, data }, index) => {
    const rows = data.length / rowLength;
    for (const firstRow of [0, rows > 2 ? 1 : 0]) {
      const n = rows - firstRow;
      const axes = [
        { kind: "plain", n, cell: rowLength, row: 10 } as const,
        { kind: "plain", n: rowLength, cell: 1, row: 1 } as const,
      ];
      const term: DraftTerm = {
        source: { blob: index },
        base: firstRow * rowLength,
        rowBase: 0,
        coef: 1,
        axes: rows === 1 ? axes.slice(1) : axes,
      };
      const read = new Map<number, number>();
      for (const {
        base,
        rowBase,
        axes: [outer, inner = { n: 1, cell: 0, row: 0 }],
      } of cutTerm(term, blobs[index], piecesOf(index)) as never[] as {
        base: number;
        rowBase: number;
        axes: { n: number; cell: number; row: number }[];
      }[]) {
        for (let i = 0; i < outer.n; i++) {
          for (let j = 0; j < inner.n; j++) {
            const cell = base + i * outer.cell + j * inner.cell;
            expect(Math.floor(cell / columnLength)).toBe(Math.floor(base / columnLength));
            read.set(rowBase + i * outer.row + j * inner.row, cells[cell]);
          }
        }
      }
      expect(read.size).toBe(n * rowLength);
      for (let row = 0; row < n; row++) {
        for (let k = 0; k < rowLength; k++)
          expect(read.get(row * (rows === 1 ? 0 : 10) + k)).toBe(data[(firstRow + row) * rowLength + k]);
      }
    }
  });
});

test("blobs that fit whole take no more columns than their cells", () => {
  const { cells } = placeBlobs([blob(1, 10), blob(1, 12), blob(1, 6), blob(1, 4)], 16);
  expect(cells.length).toBeLessThanOrEqual(32);
});

test("a row longer than a column is refused", () => {
  expect(() => placeBlobs([blob(1, 17)], 16)).toThrow(expect.objectContaining({ name: "Compiler.CapacityError" }));
});

test("equal blobs stand side by side in one column where they fit in one", () => {
  const blobs = [blob(1, 7), blob(4, 8), blob(1, 40), blob(4, 8), blob(1, 7), blob(4, 8)];
  const { piecesOf } = placeBlobs(blobs, 128);
  const bases = [1, 3, 5].map((index) => piecesOf(index).map(({ base }) => base));
  expect(bases).toEqual([[0], [32], [64]]);
});
