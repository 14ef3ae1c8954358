/** Coefficients times an integer matrix, split by columns when there are many, else by rows. */

import { BLOCK, BLOCK_BYTES, LIMBS } from "../../kernels/emit/field.ts";
import { HALVES_BYTES, MAX_MATRIX_ROWS, TILE_COLUMNS } from "../../kernels/emit/matrix.ts";
import type { Context, WasmFr, WasmInts } from "./context.ts";
import { blocksOf, splitRange } from "./context.ts";
import { ADD_NS, MATRIX_NS } from "./costs.ts";
import { keepPadding } from "./padding.ts";

const TILE_BYTES = (TILE_COLUMNS / BLOCK) * BLOCK_BYTES;

/** out (+)= coeffs · matrix; the kernel writes whole tiles of columns, so it works on a copy of out padded to tiles. */
export function matrixProduct(
  context: Context,
  out: WasmFr,
  coeffs: WasmFr,
  matrix: WasmInts,
  accumulate: boolean,
): void {
  const { memory } = context;
  const [rows, columns] = [coeffs.length, out.length];
  if (columns === 0) return;
  const outBytes = blocksOf(columns) * BLOCK_BYTES;
  const tiles = Math.ceil(columns / TILE_COLUMNS);
  const rowBytes = 4 * columns;
  const mark = memory.top();
  const halves = memory.allocate(blocksOf(rows) * BLOCK * HALVES_BYTES);
  if (rows > 0) context.call("halvesN", coeffs.address, halves, blocksOf(rows));

  const nsPerRow = tiles * TILE_COLUMNS * MATRIX_NS;
  const parts = context.ranges(rows, nsPerRow).length;
  const byColumns = tiles >= 2 * parts;
  const rowParts = byColumns ? 1 : parts;
  const sums = memory.allocate(rowParts * tiles * TILE_BYTES);
  memory.clear(sums, rowParts * tiles * TILE_BYTES);
  if (accumulate) memory.u8().copyWithin(sums, out.address, out.address + outBytes);
  clearLanes(context, sums, columns, tiles);

  for (const { from: firstRow, count: rowCount } of splitRange(rows, Math.ceil(rows / (MAX_MATRIX_ROWS * rowParts)))) {
    const start = { halves: halves + firstRow * HALVES_BYTES, matrix: matrix.address + firstRow * rowBytes };
    const tasks = byColumns
      ? splitRange(tiles, parts).map(({ from, count }) => {
          const columnStart = start.matrix + 4 * TILE_COLUMNS * from;
          return [start.halves, columnStart, rowBytes, rowCount, sums + from * TILE_BYTES, count];
        })
      : splitRange(rowCount, rowParts).map(({ from, count }, part) => {
          const target = sums + part * tiles * TILE_BYTES;
          return [start.halves + from * HALVES_BYTES, start.matrix + from * rowBytes, rowBytes, count, target, tiles];
        });
    context.run("matrixTiles", tasks);
  }
  for (let part = 1; part < rowParts; part++) {
    const other = sums + part * tiles * TILE_BYTES;
    context.forBlocks("addN", blocksOf(columns), ADD_NS, (from, count) => {
      const offset = from * BLOCK_BYTES;
      return [sums + offset, other + offset, sums + offset, count];
    });
  }
  keepPadding(context, out, () => {
    memory.u8().copyWithin(out.address, sums, sums + outBytes);
  });
  memory.release(mark);
}

/** The padding copied from out may hold anything; the kernel adds to it, so it starts at zero. */
function clearLanes(context: Context, sums: number, columns: number, tiles: number): void {
  const f64 = context.memory.f64();
  for (let k = columns; k < tiles * TILE_COLUMNS; k++) {
    const at = (sums + Math.floor(k / BLOCK) * BLOCK_BYTES) / 8 + (k % BLOCK);
    for (let j = 0; j < LIMBS; j++) f64[at + BLOCK * j] = 0;
  }
}
