/** Addresses: which rows, tables and fixed cells a draft gets, and how many rows the circuit needs. */
import type { Circuit, Product, Segment, Table, Term } from "../../core/circuit.ts";
import { circuitProducts, maskRowsFor } from "../../core/layout.ts";
import { CapacityError } from "../errors.ts";
import type { IntegerProgram } from "../program.ts";
import { VisibilityError, type VisibilityOptions, visibilityOf } from "../visibility.ts";
import { alignTables } from "./align.ts";
import { chooseBlocksPerColumn } from "./columns.ts";
import type { Draft, DraftProduct, DraftTerm } from "./draft.ts";
import { cutTerm, type FixedCells, placeBlobs } from "./fixed.ts";
import { batched, inputTensor, type Output, outputTensor } from "./public-tensors.ts";
import { type Assignment, type DraftTable, domainSize, type EmittedTable, emitTable } from "./tables.ts";

/** How a program becomes cells and columns; none of it changes what is computed. */
export interface CircuitLayout {
  /** Chosen by the size of the circuit when absent. */
  readonly blocksPerColumn: 1 | 2 | 4;
  /** A power of two; blocksPerColumn · rows when absent. */
  readonly fixedColumnLength: number;
  /** 2: functions with wide domains share a first lookup, which limits them (`two-stage.ts`). 1 when absent. */
  readonly lookupDepth: 1 | 2;
  /** Tensors that are sums of several cells get rows of their own, so that each reader has one term. False when absent. */
  readonly copiesSums: boolean;
}

export interface CircuitOptions extends Partial<CircuitLayout>, VisibilityOptions {
  /** Inferences in one proof; 1 when absent. */
  readonly batch?: number;
  readonly maxLogRows?: number;
  /** False: tables cover what the rows need and nothing more. */
  readonly alignsTables?: boolean;
}

/** Powers of tau are published up to 2^28; a column of four blocks of 2^24 rows stays below. */
const MAX_LOG_ROWS = 24;

export function assemble(
  program: IntegerProgram,
  draft: Draft,
  assignment: Assignment,
  outputs: readonly Output[],
  options: CircuitOptions & { readonly name: string },
): Circuit {
  const { batch = 1 } = options;
  if (draft.hidesWeights) checkHidden(draft, assignment);
  const place = (products: readonly Product[], before?: Placement): Placement =>
    placeSegments(draft, assignment, products, options, before);
  // Stacks are known once addresses are, and addresses only shift with the rows kept for the masks of what is stacked.
  let placement = place(draft.segments.flatMap(({ products }) => products.map(unplacedProduct)));
  for (let pass = 0; pass < STACKING_PASSES; pass++) placement = place(circuitProducts(placement), placement);
  const { logRows, maskRows, starts, emitted, fixed, segments, blocksPerColumn, fixedColumnLength } = placement;
  const tables = emitted.map(({ table, blob, memory }): Table => {
    if (blob !== undefined) return { ...table, fixedBase: fixed.piecesOf(blob)[0].base };
    if (memory === undefined) return table;
    const { owner, block } = memory.cells;
    return {
      ...table,
      memory: { block: assignment.inputBlocks[owner] ?? block, start: starts[owner] + memory.base },
    };
  });
  const inputRows = draft.inputs.reduce((sum, input) => sum + input.count, 0);
  return {
    name: options.name,
    ...(batch === 1 ? {} : { batch }),
    logRows,
    maskRows,
    constrainedStart: maskRows + inputRows,
    constrainedEnd: maskRows + inputRows + draft.segments.reduce((sum, segment) => sum + segment.count, 0),
    shiftBits: draft.shiftBits,
    tables,
    inputs: program.inputs.map((input, owner) => ({
      ...batched(inputTensor(input, owner, starts[owner], assignment), batch),
      visibility: visibilityOf(options.inputVisibility, input.name),
    })),
    outputs: outputs.map((output) => ({
      ...batched(outputTensor(output, program.scales.get(output.name) ?? 1, starts, assignment), batch),
      visibility: visibilityOf(options.outputVisibility, output.name),
    })),
    segments,
    weights: options.weights ?? "fixed",
    fixedLength: fixed.cells.length,
    fixed: fixed.cells,
    blocksPerColumn,
    fixedColumnLength,
  };
}

/** Tables are public: there must be weights besides them, and none in them. */
function checkHidden({ blobs }: Draft, { tables }: Assignment): void {
  const isLookedUp = tables.some(({ table }) => table.kind === "values");
  if (!isLookedUp && blobs.length > 0) return;
  throw new VisibilityError({
    reason: isLookedUp
      ? "trees and constants at computed indices stand in tables, which are public"
      : "the model has no weights",
    expected: "weights that are not values of tables",
    got: isLookedUp ? "constants that are looked up" : "none",
    remedy: "compile with fixed weights",
  });
}

/** Fewer operands may make the circuit smaller, and its columns shorter, once; then nothing changes any more. */
const STACKING_PASSES = 2;

interface Placement {
  readonly logRows: number;
  readonly maskRows: number;
  readonly starts: readonly number[];
  readonly emitted: readonly EmittedTable[];
  readonly fixed: FixedCells;
  readonly segments: readonly Segment[];
  readonly blocksPerColumn: 1 | 2 | 4;
  readonly fixedColumnLength: number;
}

/** Addresses in a circuit that has the masks these products need. */
function placeSegments(
  unplaced: Draft,
  assignment: Assignment,
  products: readonly Product[],
  options: CircuitOptions,
  before?: Placement,
): Placement {
  const { logRows, maskRows } = chooseRows(unplaced, assignment, products, options.maxLogRows ?? MAX_LOG_ROWS);
  const starts = placeRows(unplaced, assignment, maskRows);
  const tables =
    options.alignsTables === false ? assignment.tables : alignedTables(unplaced, assignment, logRows, maskRows);
  const draft = { ...unplaced, blobs: [...unplaced.blobs] };
  const emitted = tables.map((table) => emitTable(draft, table));
  const tableBlobs = new Set(emitted.flatMap(({ blob }) => (blob === undefined ? [] : [blob])));
  const fixedCells = cellsOf(draft);
  const blocksPerColumn = options.blocksPerColumn ?? chooseBlocksPerColumn(logRows, fixedCells);
  const fixedColumnLength = options.fixedColumnLength ?? blocksPerColumn * 2 ** logRows;
  const isSame = before?.fixedColumnLength === fixedColumnLength && before.maskRows === maskRows;
  const hidden = draft.hidesWeights ? { tables: tableBlobs } : undefined;
  const fixed = isSame ? before.fixed : placeBlobs(draft.blobs, fixedColumnLength, hidden);
  const resolve = termResolver(draft, assignment, starts, fixed);
  const segments = draft.segments.map((segment, index): Segment => {
    const owner = draft.inputs.length + index;
    const start = starts[owner];
    return {
      name: segment.name,
      start,
      count: segment.count,
      table: assignment.tableOf[owner],
      constant: segment.constant,
      linear: segment.linear.flatMap((term) => resolve(term, start)),
      products: segment.products.map(({ bits, left, right }) => ({
        bits,
        left: left.flatMap((term) => resolve(term, start)),
        right: right.flatMap((term) => resolve(term, 0)),
      })),
    };
  });
  return { logRows, maskRows, starts, emitted, fixed, segments, blocksPerColumn, fixedColumnLength };
}

/** Wider tables for which neither the circuit nor the fixed columns grow. */
function alignedTables(draft: Draft, { tables }: Assignment, logRows: number, maskRows: number): readonly DraftTable[] {
  const maps = tables.filter(({ table }) => table.kind === "map").reduce((sum, table) => sum + domainSize(table), 0);
  const fixedCells = cellsOf(draft) + maps;
  const rows = { start: maskRows + 2 ** draft.shiftBits, end: 2 ** logRows };
  return alignTables(tables, rows, rows.end * Math.ceil(fixedCells / rows.end) - fixedCells);
}

function cellsOf({ blobs }: Draft): number {
  return blobs.reduce((sum, { data }) => sum + data.length, 0);
}

/** The smallest circuit that holds the rows, the tables and the variables of the products. */
function chooseRows(
  draft: Draft,
  { tables }: Assignment,
  products: readonly Product[],
  maxLogRows: number,
): { logRows: number; maskRows: number } {
  const withMemory = tables.some(({ table }) => table.kind === "memory");
  const bits = products.reduce((most, product) => Math.max(most, product.bits), 0);
  const rows = [...draft.inputs, ...draft.segments].reduce((sum, { count }) => sum + count, 0);
  const tableRows = tables.reduce((sum, table) => sum + domainSize(table), 2 ** draft.shiftBits);
  for (let logRows = Math.max(1, bits); logRows <= maxLogRows; logRows++) {
    const needed = maskRowsFor(logRows, products, withMemory);
    const fits = (maskRows: number): boolean => maskRows + Math.max(rows, tableRows) <= 2 ** logRows;
    // The verifier pays for set bits in the positions of rows and tables, and they start behind the masks.
    const aligned = 2 ** Math.ceil(Math.log2(needed));
    if (fits(aligned)) return { logRows, maskRows: aligned };
    if (fits(needed)) return { logRows, maskRows: needed };
  }
  throw new CapacityError({
    reason: `the model needs ${rows} rows and tables of ${tableRows} rows`,
    expected: `at most 2^${maxLogRows}, masks included`,
    remedy: "use a smaller model, or raise the limit on the rows",
  });
}

/** The product before its cells have addresses. */
function unplacedProduct({ bits, left, right }: DraftProduct): Product {
  const unplaced = ({ source, ...term }: DraftTerm): Term => ({
    ...term,
    source: "blob" in source ? "fixed" : source.block,
  });
  return { bits, left: left.map(unplaced), right: right.map(unplaced) };
}

/** First row of every owner: inputs, then segments table by table. */
function placeRows({ inputs, segments }: Draft, { tables, tableOf }: Assignment, maskRows: number): number[] {
  const starts = new Array<number>(inputs.length + segments.length);
  let row = maskRows;
  inputs.forEach(({ count }, owner) => {
    starts[owner] = row;
    row += count;
  });
  tables.forEach((_, table) => {
    segments.forEach(({ count }, index) => {
      const owner = inputs.length + index;
      if (tableOf[owner] !== table) return;
      starts[owner] = row;
      row += count;
    });
  });
  return starts;
}

type Resolver = (term: DraftTerm, rowStart: number) => Term[];

function termResolver(
  draft: Draft,
  { inputBlocks }: Assignment,
  starts: readonly number[],
  fixed: FixedCells,
): Resolver {
  return (term, rowStart) => {
    const { source, coef } = term;
    if ("blob" in source) {
      const pieces = cutTerm(term, draft.blobs[source.blob], fixed.piecesOf(source.blob));
      return pieces.map(({ base, rowBase, axes }) => ({
        source: "fixed",
        base,
        rowBase: rowStart + rowBase,
        coef,
        axes,
      }));
    }
    const block = inputBlocks[source.owner] ?? source.block;
    return [
      {
        source: block,
        base: starts[source.owner] + term.base,
        rowBase: rowStart + term.rowBase,
        coef,
        axes: term.axes,
      },
    ];
  };
}
