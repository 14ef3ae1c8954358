/**
 * The sides of a product as integer matrices.
 *
 * A side is a sum of terms. Its matrix has one row per distinct row offset (what the summed axes add to the row index) and one
 * column per index kappa at which the right side has a cell; indices where the right side is empty contribute nothing and are
 * left out. `indices` lists the kept kappas in ascending order.
 *
 *     value[f][k] = sum over terms of coef · cell(f, indices[k])
 */
import type { Axis, Product, Term } from "../core/circuit.ts";

/** Cells by source. */
export interface Cells {
  readonly q: Int32Array;
  readonly y: Int32Array;
  readonly fixed: Int32Array;
}

export interface Side {
  readonly rowOffsets: Int32Array;
  /** One list per term: entry t of `cells` is added to position `targets[t]` of the matrix. */
  readonly gathers: readonly Gather[];
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
  readonly indices: Int32Array;
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
  const column = new Int32Array(2 ** product.bits).fill(-1);
  for (const term of product.right) forEachCell(term.axes, (_cell, _row, kappa) => (column[kappa] = 0));
  const indices = new Int32Array(column.reduce((count, mark) => count + 1 + mark, 0));
  let kept = 0;
  column.forEach((mark, kappa) => {
    if (mark < 0) return;
    column[kappa] = kept;
    indices[kept++] = kappa;
  });
  const side = (terms: readonly Term[]): Side => planSide(terms, column, indices.length);
  return { product, indices, left: side(product.left), right: side(product.right) };
}

function planSide(terms: readonly Term[], column: Int32Array, columns: number): Side {
  const rowIndex = new Map<number, number>();
  const gathers = terms.map((term) => {
    const most = boxSize(term.axes);
    const cells = new Int32Array(most);
    const targets = new Int32Array(most);
    let count = 0;
    forEachCell(term.axes, (cell, row, kappa) => {
      if (column[kappa] < 0) return;
      const offset = term.rowBase + row;
      let index = rowIndex.get(offset);
      if (index === undefined) {
        index = rowIndex.size;
        rowIndex.set(offset, index);
      }
      cells[count] = term.base + cell;
      targets[count++] = index * columns + column[kappa];
    });
    return { source: term.source, coef: term.coef, cells: cells.slice(0, count), targets: targets.slice(0, count) };
  });
  return { rowOffsets: Int32Array.from(rowIndex.keys()), gathers, size: rowIndex.size * columns };
}

/** The side's matrix, row-major, for these cells. */
export function sideMatrix(side: Side, cells: Cells): Int32Array {
  const matrix = new Int32Array(side.size);
  for (const { source, coef, cells: positions, targets } of side.gathers) {
    const values = cells[source];
    for (let t = 0; t < positions.length; t++) matrix[targets[t]] += coef * values[positions[t]];
  }
  return matrix;
}
