/**
 * Where every cell of the witness stands in the committed columns.
 *
 * Witness columns stack the blocks q, y, rem, m (N = 2^logRows rows each), blocksPerColumn to a column:
 *
 *     blocksPerColumn 4:  | q | y | rem | m |            one column of 4N
 *     blocksPerColumn 2:  | q | y |   | rem | m |        two columns of 2N
 *
 * The helper column has N rows. Fixed columns cut `circuit.fixed` into pieces of fixedColumnLength.
 *
 * A committed tensor has a column of its own (`core/statement.ts`). Where weights are private, fixed columns with tabulated values hold
 * nothing else, so that anybody can recompute their commitments; every other fixed column is hidden by a random last cell, which the
 * prover keeps and no term reads.
 *
 * Masked rows [0, maskRows) of the blocks:
 *
 *     every block, rows 0..LOOKUP_MASK_ROWS-1   uniformly random (zero without zero knowledge)
 *     block q, from row LOOKUP_MASK_ROWS        zero-check mask c[j][k], j < logRows, k = 1..4, then product mask c'[j][k],
 *                                               j < productBits, k = 1..2, then mu
 *     block y, from row LOOKUP_MASK_ROWS        one cell per masked operand, then one for the value column where tables read memory
 */
import type { Circuit, Product } from "./circuit.ts";
import { productStacks } from "./stack.ts";
import { committedColumnLength, committedTensors } from "./statement.ts";

export const BLOCKS = ["q", "y", "rem", "m"] as const;
export type Block = (typeof BLOCKS)[number];

/**
 * Eight random rows in each block hide its evaluation, the commitments and the opening: of the linear view 12 dimensions are theirs
 * to cover, and a column of a single block still has 8 (rank test in test/soundness).
 */
export const LOOKUP_MASK_ROWS = 8;

/** Coefficients of the zero-check round polynomial beyond the constant: the lookup constraint has degree 4. */
export const ZERO_CHECK_DEGREE = 4;
export const PRODUCT_DEGREE = 2;

/** Number of variables of the batched product sumcheck. */
export function productBits(products: readonly Product[]): number {
  return products.reduce((bits, product) => Math.max(bits, product.bits), 0);
}

/** The products of the argument: those of the segments, repeated ones stacked. */
export function circuitProducts(circuit: Pick<Circuit, "segments" | "logRows" | "fixedColumnLength">): Product[] {
  return productStacks(circuit).map(({ product }) => product);
}

export function isWitnessProduct(product: Product): boolean {
  return product.right.some((term) => term.source !== "fixed");
}

/** Number of operand values the prover reveals: the left side of every product, and the right side where it is a witness. */
export function operandCount(products: readonly Product[]): number {
  return products.reduce((sum, product) => sum + (isWitnessProduct(product) ? 2 : 1), 0);
}

/** True when some table's values are witness cells. */
export function readsMemory({ tables }: Pick<Circuit, "tables">): boolean {
  return tables.some(({ memory }) => memory !== undefined);
}

/** Rows to reserve at the start of every block for a circuit with these products, with or without memory. */
export function maskRowsFor(logRows: number, products: readonly Product[], withMemory = false): number {
  const valueMasks = operandCount(products) + (withMemory ? 1 : 0);
  const roundMasks = ZERO_CHECK_DEGREE * logRows + PRODUCT_DEGREE * productBits(products) + 1;
  return LOOKUP_MASK_ROWS + Math.max(roundMasks, valueMasks);
}

/** Address of a cell in the committed columns. */
export interface Cell {
  /** Index among the witness columns, or among the fixed columns. */
  readonly column: number;
  readonly offset: number;
}

export interface Layout {
  readonly rows: number;
  readonly logRows: number;
  readonly productBits: number;
  readonly witnessColumns: number;
  readonly witnessColumnLength: number;
  readonly fixedColumns: number;
  readonly fixedColumnLength: number;
  /** Length of the longest column: as many SRS points the prover needs. */
  readonly srsCount: number;
}

/** Numbers and lengths of the committed columns. */
export function layoutOf(circuit: Circuit): Layout {
  const rows = 2 ** circuit.logRows;
  const witnessColumnLength = rows * circuit.blocksPerColumn;
  const fixedColumns = Math.ceil(circuit.fixedLength / circuit.fixedColumnLength);
  return {
    rows,
    logRows: circuit.logRows,
    productBits: productBits(circuitProducts(circuit)),
    witnessColumns: BLOCKS.length / circuit.blocksPerColumn,
    witnessColumnLength,
    fixedColumns,
    fixedColumnLength: circuit.fixedColumnLength,
    srsCount: Math.max(
      witnessColumnLength,
      fixedColumns > 0 ? circuit.fixedColumnLength : 0,
      ...committedTensors(circuit).map(committedColumnLength),
    ),
  };
}

/** Row `row` of a witness block. */
export function blockCell(circuit: Circuit, block: Block, row: number): Cell {
  const index = BLOCKS.indexOf(block);
  const rows = 2 ** circuit.logRows;
  return {
    column: Math.floor(index / circuit.blocksPerColumn),
    offset: (index % circuit.blocksPerColumn) * rows + row,
  };
}

export function fixedCell(circuit: Circuit, position: number): Cell {
  return {
    column: Math.floor(position / circuit.fixedColumnLength),
    offset: position % circuit.fixedColumnLength,
  };
}

/** Fixed columns whose commitments hide them. */
export function hiddenColumns(circuit: Circuit): number[] {
  if (circuit.weights === "fixed") return [];
  const tabulated = tabulatedColumns(circuit);
  return Array.from({ length: layoutOf(circuit).fixedColumns }, (_, column) => column).filter(
    (column) => !tabulated.has(column),
  );
}

/** Fixed columns with values of tables. */
export function tabulatedColumns({ tables, fixedColumnLength }: Circuit): Set<number> {
  return new Set(
    tables.flatMap(({ fixedBase }) => (fixedBase === undefined ? [] : [Math.floor(fixedBase / fixedColumnLength)])),
  );
}

/** Row in block q of zero-check mask coefficient k (1..4) of variable j. */
export function zeroCheckMaskRow(variable: number, k: number): number {
  return LOOKUP_MASK_ROWS + ZERO_CHECK_DEGREE * variable + (k - 1);
}

/** Row in block q of product mask coefficient k (1..2) of variable j. */
export function productMaskRow(logRows: number, variable: number, k: number): number {
  return LOOKUP_MASK_ROWS + ZERO_CHECK_DEGREE * logRows + PRODUCT_DEGREE * variable + (k - 1);
}

/** Row in block q of the mask of the accumulator sum. */
export function sumMaskRow(layout: Layout): number {
  return LOOKUP_MASK_ROWS + ZERO_CHECK_DEGREE * layout.logRows + PRODUCT_DEGREE * layout.productBits;
}

/** Row in block y of the mask of operand `index`, operands counted over all products, left before right. */
export function operandMaskRow(index: number): number {
  return LOOKUP_MASK_ROWS + index;
}

/** Row in block y of the mask of the lookup's value column, behind the operands' masks. */
export function valueMaskRow(circuit: Circuit): number {
  return operandMaskRow(operandCount(circuitProducts(circuit)));
}
