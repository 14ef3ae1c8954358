/**
 * Addresses of fixed cells. Blobs fill columns one after another; a term must not cross a column boundary, so a blob that does is cut
 * between its rows and every term over it becomes one term for each piece.
 */
import { CapacityError } from "../errors.ts";
import type { Blob, DraftTerm } from "./draft.ts";

interface Piece {
  /** Rows [fromRow, toRow) of the blob stand from cell `base` on. */
  readonly fromRow: number;
  readonly toRow: number;
  readonly base: number;
}

export interface FixedCells {
  readonly cells: Int32Array;
  readonly piecesOf: (blob: number) => readonly Piece[];
}

/**
 * Columns of hidden weights: the blobs of `tables` come first, in columns of their own, and the last cell of every other column is left
 * to its blinding.
 */
export interface HiddenPlacement {
  readonly tables: ReadonlySet<number>;
}

export function placeBlobs(blobs: readonly Blob[], columnLength: number, hidden?: HiddenPlacement): FixedCells {
  const placed = new Array<Piece[]>(blobs.length);
  let end = 0;
  const reserved = hidden ? 1 : 0;
  const order = placementOrder(blobs, columnLength - reserved);
  const isTable = (index: number): boolean => hidden?.tables.has(index) ?? false;
  const ordered = hidden ? [...order.filter(isTable), ...order.filter((index) => !isTable(index))] : order;
  for (const [position, index] of ordered.entries()) {
    const afterTables = position > 0 && isTable(ordered[position - 1]) && !isTable(index);
    if (afterTables) end = columnLength * Math.ceil(end / columnLength);
    const { pieces, end: next } = placeBlob(blobs[index], end, columnLength, isTable(index) ? 0 : reserved);
    placed[index] = pieces;
    end = next;
  }
  const cells = new Int32Array(end);
  blobs.forEach(({ data, rowLength }, index) => {
    for (const { fromRow, toRow, base } of placed[index])
      cells.set(data.subarray(fromRow * rowLength, toRow * rowLength), base);
  });
  return { cells, piecesOf: (blob) => placed[blob] };
}

/** In the order of the program, but first what fits whole when everything fits in one column anyway. */
function placementOrder(blobs: readonly Blob[], columnLength: number): number[] {
  const order = blobs.map((_, index) => index);
  const total = blobs.reduce((sum, blob) => sum + blob.data.length, 0);
  if (total <= columnLength) return order;
  return fillColumns(blobs, order, columnLength);
}

/**
 * Column by column, the largest set of equal blobs that still fits, or the largest blob of a set that fits in no column; what fits
 * nowhere (and will be cut) comes when nothing else does. Sets stay together because blobs that are evenly spaced within one column
 * can be one term of identical blocks (`core/stack.ts`).
 */
function fillColumns(blobs: readonly Blob[], order: readonly number[], columnLength: number): number[] {
  const sizeOf = (set: readonly number[]): number => set.reduce((sum, index) => sum + blobs[index].data.length, 0);
  const waiting = equalBlobs(blobs, order)
    .flatMap((set) => (sizeOf(set) <= columnLength ? [set] : set.map((index) => [index])))
    .sort((a, b) => sizeOf(b) - sizeOf(a) || a[0] - b[0]);
  const result: number[] = [];
  let room = columnLength;
  while (waiting.length > 0) {
    const fitting = waiting.findIndex((set) => sizeOf(set) <= room);
    const [set] = waiting.splice(Math.max(0, fitting), 1);
    result.push(...set);
    const size = sizeOf(set);
    room = size <= room ? room - size : columnLength - ((size - room) % columnLength);
  }
  return result;
}

/** Blobs of one size each, in the order of the program. */
function equalBlobs(blobs: readonly Blob[], order: readonly number[]): number[][] {
  const sets = new Map<number, number[]>();
  for (const index of order) {
    const { length } = blobs[index].data;
    sets.set(length, [...(sets.get(length) ?? []), index]);
  }
  return [...sets.values()];
}

/** `reserved` cells at the end of every column are left free. */
function placeBlob(
  { data, rowLength }: Blob,
  start: number,
  columnLength: number,
  reserved: number,
): { pieces: Piece[]; end: number } {
  if (rowLength > columnLength - reserved) {
    throw new CapacityError({
      reason: `a row of ${rowLength} weights is longer than the ${columnLength - reserved} cells of a fixed column`,
      remedy: "choose a larger fixed column length or a larger circuit",
    });
  }
  const rows = data.length / rowLength;
  const pieces: Piece[] = [];
  let [row, at] = [0, start];
  while (row < rows) {
    const room = columnLength - (at % columnLength);
    const fitting = Math.min(rows - row, Math.floor((room - reserved) / rowLength));
    if (fitting > 0) pieces.push({ fromRow: row, toRow: row + fitting, base: at });
    row += fitting;
    at += row < rows ? room : fitting * rowLength;
  }
  return { pieces, end: at };
}

/** A term over a blob, cut where the blob is, with cell positions in `base`. */
export function cutTerm(term: DraftTerm, blob: Blob, pieces: readonly Piece[]): DraftTerm[] {
  const { rowLength } = blob;
  if (pieces.length === 1) return [{ ...term, base: term.base + pieces[0].base }];
  const walking = term.axes.findIndex((axis) => axis.kind === "plain" && !axis.vars && axis.cell === rowLength);
  const axis = term.axes[walking];
  if (axis?.kind !== "plain")
    throw new CapacityError({
      reason: "a cut blob is read across its rows",
      remedy: "choose a larger fixed column length",
    });
  const firstRow = Math.floor(term.base / rowLength);
  return pieces.flatMap(({ fromRow, toRow, base }) => {
    const from = Math.max(fromRow, firstRow);
    const to = Math.min(toRow, firstRow + axis.n);
    if (from >= to) return [];
    const axes = term.axes.map((item, i) => (i === walking ? { ...item, n: to - from } : item));
    return [
      {
        ...term,
        base: base + (from - fromRow) * rowLength + (term.base % rowLength),
        rowBase: term.rowBase + (from - firstRow) * axis.row,
        axes,
      },
    ];
  });
}
