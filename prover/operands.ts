/**
 * The sides of a product as integer matrices.
 *
 * A side is a sum of terms. Its matrix has one row per distinct row offset (what the summed axes add to the row index) and one
 * column per index kappa at which the right side has a cell; indices where the right side is empty contribute nothing and are
 * left out. Rows and columns that no cell connects lie in different blocks, and only the blocks are stored: the groups of a
 * convolution, or the single cells of an elementwise product.
 *
 *     value[f][kappa] = sum over terms of coef · cell(f, kappa)
 */
import type { Axis, Product, Term } from "../core/circuit.ts";

/** Cells by source. */
export interface Cells {
  readonly q: Int32Array;
  readonly y: Int32Array;
  readonly fixed: Int32Array;
}

export interface Block {
  readonly rowOffsets: Int32Array;
  /** Ascending. */
  readonly kappas: Int32Array;
  /** Where its entries start, row-major: a multiple of 8. */
  readonly start: number;
}

export interface Side {
  readonly blocks: readonly Block[];
  /** One list per term: entry t of `cells` is added to position `targets[t]` of the blocks. */
  readonly gathers: readonly Gather[];
  /** Entries of all blocks. */
  readonly size: number;
}

interface Gather {
  readonly source: Term["source"];
  readonly coef: number;
  readonly cells: Int32Array;
  readonly targets: Int32Array;
}

export interface ProductPlan {
  readonly product: Product;
  readonly left: Side;
  readonly right: Side;
}

/** Visits every index of a term's box. */
export function forEachCell(axes: readonly Axis[], visit: (cell: number, row: number, kappa: number) => void): void {
  const walk = (depth: number, cell: number, row: number, kappa: number): void => {
    if (depth === axes.length) {
      visit(cell, row, kappa);
      return;
    }
    const axis = axes[depth];
    const unit = axis.vars ? 2 ** axis.vars.first : 0;
    if (axis.kind === "plain") {
      for (let j = 0; j < axis.n; j++) walk(depth + 1, cell + j * axis.cell, row + j * axis.row, kappa + j * unit);
      return;
    }
    for (let o = 0; o < axis.outN; o++) {
      for (let k = 0; k < axis.kernelN; k++) {
        const i = axis.stride * o + axis.dilation * k - axis.pad;
        if (i >= 0 && i < axis.inputN) walk(depth + 1, cell + i * axis.cell, row + o * axis.row, kappa + k * unit);
      }
    }
  };
  walk(0, 0, 0, 0);
}

/** Indices of the box, padding included. */
function boxSize(axes: readonly Axis[]): number {
  return axes.reduce((size, axis) => size * (axis.kind === "plain" ? axis.n : axis.outN * axis.kernelN), 1);
}

export function planProduct(product: Product): ProductPlan {
  const kept = new Uint8Array(2 ** product.bits);
  for (const term of product.right) forEachCell(term.axes, (_cell, _row, kappa) => (kept[kappa] = 1));
  return { product, left: planSide(product.left, kept), right: planSide(product.right, kept) };
}

/** Cells of a term, each with its row and index. */
interface WalkedTerm {
  readonly term: Term;
  readonly cells: Int32Array;
  readonly rows: Int32Array;
  readonly kappas: Int32Array;
}

function planSide(terms: readonly Term[], kept: Uint8Array): Side {
  const rowIndex = new Map<number, number>();
  const walked = terms.map((term) => walkTerm(term, kept, rowIndex));
  const rowOffsets = Int32Array.from(rowIndex.keys());
  const parts = terms.some(isDiagonal)
    ? connectedParts(walked, rowOffsets.length, kept)
    : [{ rows: range(rowOffsets.length), kappas: positionsOf(kept) }];

  const rowStart = new Int32Array(rowOffsets.length);
  const column = new Int32Array(kept.length);
  let size = 0;
  const blocks = parts.map(({ rows, kappas }): Block => {
    const start = size;
    rows.forEach((row, r) => {
      rowStart[row] = start + r * kappas.length;
    });
    kappas.forEach((kappa, k) => {
      column[kappa] = k;
    });
    size = Math.ceil((start + rows.length * kappas.length) / 8) * 8;
    return { rowOffsets: rows.map((row) => rowOffsets[row]), kappas, start };
  });
  const gathers = walked.map(({ term, cells, rows, kappas }): Gather => {
    const targets = rows.map((row, t) => rowStart[row] + column[kappas[t]]);
    return { source: term.source, coef: term.coef, cells, targets };
  });
  return { blocks, gathers, size };
}

/** Cells of the term at kept indices; adds row offsets not met before to `rowIndex`. */
function walkTerm(term: Term, kept: Uint8Array, rowIndex: Map<number, number>): WalkedTerm {
  const most = boxSize(term.axes);
  const [cells, rows, kappas] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
  let count = 0;
  forEachCell(term.axes, (cell, row, kappa) => {
    if (kept[kappa] === 0) return;
    const offset = term.rowBase + row;
    let index = rowIndex.get(offset);
    if (index === undefined) {
      index = rowIndex.size;
      rowIndex.set(offset, index);
    }
    cells[count] = term.base + cell;
    rows[count] = index;
    kappas[count++] = kappa;
  });
  return { term, cells: cells.slice(0, count), rows: rows.slice(0, count), kappas: kappas.slice(0, count) };
}

/** Whether an axis moves the row with the index of the sum, so that rows may read different indices. */
function isDiagonal({ axes }: Term): boolean {
  return axes.some((axis) => axis.kind === "plain" && axis.vars !== undefined && axis.row !== 0);
}

interface ConnectedPart {
  readonly rows: Int32Array;
  readonly kappas: Int32Array;
}

/** Rows and kept indices by connected component, in the order of their first rows. */
function connectedParts(walked: readonly WalkedTerm[], rowCount: number, kept: Uint8Array): ConnectedPart[] {
  const parent = range(rowCount + kept.length);
  const rootOf = (node: number): number => {
    let root = node;
    while (parent[root] !== root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  };
  for (const { rows, kappas } of walked) {
    for (let t = 0; t < rows.length; t++) parent[rootOf(rowCount + kappas[t])] = rootOf(rows[t]);
  }
  const parts = new Map<number, { rows: number[]; kappas: number[] }>();
  for (let row = 0; row < rowCount; row++) {
    const root = rootOf(row);
    const part = parts.get(root) ?? { rows: [], kappas: [] };
    parts.set(root, part);
    part.rows.push(row);
  }
  kept.forEach((mark, kappa) => {
    if (mark === 1) parts.get(rootOf(rowCount + kappa))?.kappas.push(kappa);
  });
  return [...parts.values()].map(({ rows, kappas }) => ({
    rows: Int32Array.from(rows),
    kappas: Int32Array.from(kappas),
  }));
}

const range = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

function positionsOf(marks: Uint8Array): Int32Array {
  const positions: number[] = [];
  marks.forEach((mark, position) => {
    if (mark === 1) positions.push(position);
  });
  return Int32Array.from(positions);
}

/** Entries of the side's blocks for these cells. */
export function sideEntries(side: Side, cells: Cells): Int32Array {
  const entries = new Int32Array(side.size);
  for (const { source, coef, cells: positions, targets } of side.gathers) {
    const values = cells[source];
    for (let t = 0; t < positions.length; t++) entries[targets[t]] += coef * values[positions[t]];
  }
  return entries;
}

/** Visits the nonzero parts of left · right^T: each two blocks with common indices, as dense matrices over those. */
export function forEachPair(
  plan: ProductPlan,
  left: Int32Array,
  right: Int32Array,
  visit: (leftRows: Int32Array, left: Float64Array, rightRows: Int32Array, right: Float64Array, width: number) => void,
): void {
  const place = new Map<number, { block: number; column: number }>();
  plan.right.blocks.forEach(({ kappas }, block) => {
    kappas.forEach((kappa, column) => {
      place.set(kappa, { block, column });
    });
  });
  for (const block of plan.left.blocks) {
    const shared = new Map<number, { own: number[]; other: number[] }>();
    block.kappas.forEach((kappa, own) => {
      const found = place.get(kappa);
      if (!found) return;
      const columns = shared.get(found.block) ?? { own: [], other: [] };
      shared.set(found.block, columns);
      columns.own.push(own);
      columns.other.push(found.column);
    });
    for (const [index, { own, other }] of shared) {
      const facing = plan.right.blocks[index];
      const [leftPart, rightPart] = [columnsOf(left, block, own), columnsOf(right, facing, other)];
      visit(block.rowOffsets, leftPart, facing.rowOffsets, rightPart, own.length);
    }
  }
}

/** The block's entries in some of its columns, row-major. */
function columnsOf(
  entries: Int32Array,
  { rowOffsets, kappas, start }: Block,
  columns: readonly number[],
): Float64Array {
  const [rows, width] = [rowOffsets.length, kappas.length];
  if (columns.length === width) return Float64Array.from(entries.subarray(start, start + rows * width));
  const part = new Float64Array(rows * columns.length);
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < columns.length; k++) part[r * columns.length + k] = entries[start + r * width + columns[k]];
  }
  return part;
}
