/**
 * What a circuit must satisfy for a proof about it to mean anything: the conditions that `core/circuit.ts` states in words.
 *
 * The compiler produces circuits that pass. Whoever loads an artifact, to prove, to verify or to deploy, and `setup` before it commits,
 * check every circuit again, so that a file that was written by something else cannot weaken a proof.
 */
import {
  type Axis,
  type BoundaryTensor,
  type Circuit,
  type Product,
  type Segment,
  type Term,
  VISIBILITIES,
  WEIGHT_VISIBILITIES,
} from "./circuit.ts";
import { requireCircuit as require } from "./circuit-error.ts";
import { circuitProducts, hiddenColumns, isWitnessProduct, maskRowsFor, readsMemory } from "./layout.ts";
import { tablePlacements, tableValues } from "./lookup.ts";
import { elementRange } from "./packing.ts";
import { validateNumbers } from "./validate-numbers.ts";

/** Throws CircuitError with the first condition that does not hold. */
export function validateCircuit(circuit: Circuit): void {
  validateShape(circuit);
  validateTables(circuit);
  validateNumbers(circuit);
  validateRows(circuit);
  validateTerms(circuit);
  for (const product of circuitProducts(circuit)) validateProduct(circuit, product);
  for (const tensor of [...circuit.inputs, ...circuit.outputs]) validateBoundaryTensor(circuit, tensor);
  validateVisibility(circuit);
  if (circuit.weights === "private") validateHiddenColumns(circuit);
}

/** No term reads the blinding cell of a hidden column, nor a column that is not hidden. */
function validateHiddenColumns(circuit: Circuit): void {
  const hidden = hiddenColumns(circuit);
  require(hidden.length > 0, "there are no weights to hide", "a fixed column without tables", 0);
  const operands = circuitProducts(circuit).flatMap(({ left, right }) => [...left, ...right]);
  for (const term of [...circuit.segments.flatMap(({ linear }) => linear), ...operands]) {
    if (term.source !== "fixed") continue;
    const { last } = cellsOf(term);
    const column = Math.floor(last / circuit.fixedColumnLength);
    require(hidden.includes(column), "a weight stands in a column that is not hidden", `one of ${hidden}`, column);
    const offset = last % circuit.fixedColumnLength;
    require(offset < circuit.fixedColumnLength - 1, "a weight stands in a blinding cell", "another cell", offset);
  }
}

/** With no output bound to the statement a proof shows nothing: some output exists for every input. */
function validateVisibility({ inputs, outputs, weights }: Circuit): void {
  const oneOf = (list: readonly string[]): string => `one of ${list.join(", ")}`;
  for (const { name, visibility } of [...inputs, ...outputs])
    require(VISIBILITIES.includes(visibility), `tensor ${name} has no visibility`, oneOf(VISIBILITIES), visibility);
  require(WEIGHT_VISIBILITIES.includes(weights), "the weights have no visibility", oneOf(WEIGHT_VISIBILITIES), weights);
  const bound = outputs.some(({ visibility }) => visibility !== "private");
  require(bound, "a proof would show nothing", "an output that is public, hashed or committed", "private outputs only");
}

const isPowerOfTwo = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n));

function validateShape(circuit: Circuit): void {
  const { batch = 1, inputs, outputs, logRows, blocksPerColumn, fixedColumnLength, fixedLength, fixed } = circuit;
  require(Number.isInteger(batch) && batch >= 1, "the batch is not one", "a whole number of at least 1", batch);
  for (const { name, shape, count } of [...inputs, ...outputs]) {
    const isSplit = batch === 1 || (shape[0] === batch && count % batch === 0);
    require(isSplit, `tensor ${name} does not hold the batch`, `a first axis of ${batch}`, `[${shape}]`);
  }
  require(Number.isInteger(logRows) &&
    logRows >= 3 &&
    logRows <= 26, "the number of rows is out of range", "logRows from 3 to 26", logRows);
  require([1, 2, 4].includes(
    blocksPerColumn,
  ), "blocks do not fill columns", "1, 2 or 4 blocks per column", blocksPerColumn);
  const columnFits = isPowerOfTwo(fixedColumnLength) && fixedColumnLength >= 8;
  require(columnFits, "the fixed column length is not usable", "a power of two from 8 on", fixedColumnLength);
  require(fixed.length === 0 ||
    fixed.length === fixedLength, "fixed cells are missing", `${fixedLength} cells`, fixed.length);
}

function validateTables(circuit: Circuit): void {
  const { tables, shiftBits, logRows, maskRows } = circuit;
  require(Number.isInteger(shiftBits) &&
    shiftBits >= 1, "the division is not one", "shiftBits of at least 1", shiftBits);
  require(tables.length > 0, "there is no table", "at least one", 0);
  tables.forEach(({ name, lo, hi, breaks, fixedBase, memory }) => {
    require(Number.isInteger(lo) &&
      Number.isInteger(hi) &&
      lo <= hi, `table ${name} is empty`, "lo <= hi", `${lo}..${hi}`);
    const meanings = [breaks, fixedBase, memory].filter((meaning) => meaning !== undefined).length;
    require(meanings === 1, `table ${name} has no single meaning`, "breaks, fixed cells or memory", meanings);
    if (fixedBase === undefined) return;
    const size = hi - lo + 1;
    require(isInColumn(
      circuit,
      fixedBase,
      fixedBase + size - 1,
    ), `table ${name} leaves its column`, "cells of one fixed column", fixedBase);
  });
  const end = tablePlacements(circuit).reduce(
    (last, { row, size }) => Math.max(last, row + size),
    maskRows + 2 ** shiftBits,
  );
  require(end <= 2 ** logRows, "the tables do not fit", `${2 ** logRows} rows`, end);
}

function isInColumn({ fixedColumnLength, fixedLength }: Circuit, first: number, last: number): boolean {
  const sameColumn = Math.floor(first / fixedColumnLength) === Math.floor(last / fixedColumnLength);
  return first >= 0 && last < fixedLength && sameColumn;
}

/** Inputs lie below the constrained rows; segments cover the constrained rows once. */
function validateRows(circuit: Circuit): void {
  const {
    logRows,
    maskRows,
    constrainedStart: start,
    constrainedEnd: end,
    segments,
    inputs,
    outputs,
    tables,
  } = circuit;
  const needed = maskRowsFor(logRows, circuitProducts(circuit), readsMemory(circuit));
  require(maskRows >= needed, "too few rows are kept for masks", `${needed}`, maskRows);
  require(maskRows <= start &&
    start <= end &&
    end <=
      2 ** logRows, "row ranges are out of order", "masks, inputs, constrained rows", `${maskRows}, ${start}, ${end}`);
  const spans = (items: readonly { start: number; count: number }[]) =>
    items.map((item) => [item.start, item.start + item.count]);
  covers(spans(inputs), maskRows, start, "inputs");
  covers(spans(segments), start, end, "segments");
  for (const output of outputs) {
    const inside = output.start >= maskRows && output.start + output.count <= end;
    require(inside, `output ${output.name} is not computed`, `rows of ${maskRows}..${end}`, output.start);
  }
  for (const { table } of [...segments, ...inputs])
    require(table in tables, "a row has no table", `0..${tables.length - 1}`, table);
  for (const { name, table } of inputs)
    require(tables[table].memory === undefined, `input ${name} reads memory`, "a table of its own", tables[table].name);
}

function covers(spans: readonly (readonly number[])[], from: number, to: number, what: string): void {
  let next = from;
  for (const [start, end] of spans.toSorted((a, b) => a[0] - b[0])) {
    require(start === next && end >= start, `${what} leave a gap or overlap`, `rows from ${next}`, start);
    next = end;
  }
  require(next === to, `${what} end at the wrong row`, `${to}`, next);
}

interface Extent {
  readonly first: number;
  readonly last: number;
}

/** Smallest and largest sum of an axis property over the box. */
function extent(base: number, axes: readonly Axis[], steps: (axis: Axis) => { stride: number; n: number }): Extent {
  let [first, last] = [base, base];
  for (const axis of axes) {
    const { stride, n } = steps(axis);
    first += Math.min(0, stride * (n - 1));
    last += Math.max(0, stride * (n - 1));
  }
  return { first, last };
}

const cellsOf = (term: Term): Extent =>
  extent(term.base, term.axes, (axis) => ({ stride: axis.cell, n: axis.kind === "plain" ? axis.n : axis.inputN }));

const rowsOf = (term: Term): Extent =>
  extent(term.rowBase, term.axes, (axis) => ({ stride: axis.row, n: axis.kind === "plain" ? axis.n : axis.outN }));

/** Terms write rows of their segment and read rows that are inputs or were computed before. */
function validateTerms(circuit: Circuit): void {
  const computed = new Uint8Array(2 ** circuit.logRows);
  for (const { start, count } of circuit.inputs) computed.fill(1, start, start + count);
  for (const segment of circuit.segments) {
    const known = prefixSums(computed);
    const products = segment.products.flatMap(({ left, right }) => [...left, ...right]);
    for (const term of [...segment.linear, ...products]) validateReads(circuit, segment, term, known);
    validateMemory(circuit, segment, known);
    for (const term of segment.linear) requireRows(segment, rowsOf(term));
    for (const product of segment.products) validateProductRows(segment, product);
    computed.fill(1, segment.start, segment.start + segment.count);
  }
}

function prefixSums(marks: Uint8Array): Int32Array {
  const sums = new Int32Array(marks.length + 1);
  for (let i = 0; i < marks.length; i++) sums[i + 1] = sums[i] + marks[i];
  return sums;
}

function validateReads(circuit: Circuit, segment: Segment, term: Term, known: Int32Array): void {
  const backwards = term.axes.find(({ cell, row }) => cell < 0 || row < 0);
  require(backwards ===
    undefined, `an axis of ${segment.name} runs backwards`, "strides of at least 0", `cell ${backwards?.cell}, row ${backwards?.row}`);
  const { first, last } = cellsOf(term);
  if (term.source === "fixed") {
    require(isInColumn(
      circuit,
      first,
      last,
    ), `a term of ${segment.name} leaves its column`, "one fixed column", `${first}..${last}`);
    return;
  }
  const inside = first >= circuit.maskRows && last < circuit.constrainedEnd;
  const computed = inside && known[last + 1] - known[first] === last + 1 - first;
  require(computed ||
    (inside &&
      readsOnly(
        term,
        known,
      )), `a term of ${segment.name} reads rows that are not computed before it`, "inputs and earlier segments", `${first}..${last}`);
}

/** Memory that a segment reads was written before it, so that its cells have one value. */
function validateMemory({ tables }: Circuit, { name, table }: Segment, known: Int32Array): void {
  const { memory, lo, hi } = tables[table];
  if (memory === undefined) return;
  const [first, end] = [memory.start, memory.start + hi - lo + 1];
  const written = first >= 0 && end < known.length && known[end] - known[first] === end - first;
  require(written, `${name} reads memory that is not computed before it`, "inputs and earlier segments", `${first}..${end - 1}`);
}

/** Walks the box: needed only where its hull has rows that it skips. */
function readsOnly(term: Term, known: Int32Array): boolean {
  const walk = (depth: number, row: number): boolean => {
    const axis = term.axes[depth];
    if (axis === undefined) return known[row + 1] - known[row] === 1;
    const n = axis.kind === "plain" ? axis.n : axis.inputN;
    const cells = axis.cell === 0 ? 1 : n;
    for (let j = 0; j < cells; j++) if (!walk(depth + 1, row + j * axis.cell)) return false;
    return true;
  };
  return walk(0, term.base);
}

function requireRows({ name, start, count }: Segment, { first, last }: Extent): void {
  require(first >= start &&
    last <
      start +
        count, `a term of ${name} adds to rows of another segment`, `${start}..${start + count - 1}`, `${first}..${last}`);
}

function validateProductRows(segment: Segment, { left, right }: Product): void {
  for (const a of left.map(rowsOf)) {
    for (const b of right.map(rowsOf)) requireRows(segment, { first: a.first + b.first, last: a.last + b.last });
  }
}

function validateProduct({ logRows }: Circuit, product: Product): void {
  const { bits, left, right } = product;
  require(bits >= 1 && bits <= logRows, "a product has too many variables", `1 to ${logRows}`, bits);
  const allOnes = 2 ** bits - 1;
  for (const term of left)
    require(term.source !== "fixed", "the left side of a product is fixed", "witness cells", "fixed cells");
  for (const term of [...left, ...right]) requirePartition(term, bits);
  for (const term of right) {
    const free = !inBox(term, allOnes);
    require(free, "a product has no room for its left mask", "the all-ones index outside the right side", "inside");
  }
  if (!isWitnessProduct(product)) return;
  for (const term of right)
    require(term.source !== "fixed", "a product mixes fixed and witness cells on its right", "one kind", "both");
  for (const term of left) {
    const free = !inBox(term, allOnes - 1);
    require(free, "a product has no room for its right mask", "the index before all ones outside the left side", "inside");
  }
}

/** Every variable belongs to one axis, and axes fit their ranges. */
function requirePartition(term: Term, bits: number): void {
  const used = new Array<number>(bits).fill(0);
  for (const axis of term.axes) {
    if (!axis.vars) continue;
    const n = axis.kind === "plain" ? axis.n : axis.kernelN;
    require(n <= 2 ** axis.vars.count, "an axis is longer than its variables allow", `${2 ** axis.vars.count}`, n);
    for (let k = 0; k < axis.vars.count; k++) used[axis.vars.first + k]++;
  }
  require(used.length === bits &&
    used.every((count) => count === 1), "a product's axes do not partition its variables", "each once", used);
}

function inBox(term: Term, index: number): boolean {
  return term.axes.every((axis) => {
    if (!axis.vars) return true;
    const part = Math.floor(index / 2 ** axis.vars.first) % 2 ** axis.vars.count;
    return part < (axis.kind === "plain" ? axis.n : axis.kernelN);
  });
}

/** Packed digits are unique only if the rows' table keeps them inside the element's range. */
function validateBoundaryTensor(circuit: Circuit, tensor: BoundaryTensor): void {
  const table = circuit.tables[tensor.table];
  const known = table !== undefined && (table.fixedBase === undefined || circuit.fixed.length > 0);
  require(table !== undefined, `tensor ${tensor.name} has no table`, "a table", tensor.table);
  const isBounded = tensor.block === "q" || table?.memory === undefined;
  require(isBounded, `tensor ${tensor.name} stands in rows that read memory`, "rows whose table bounds them", table?.name);
  if (!known) return;
  const element = elementRange(tensor);
  const values = tensor.block === "q" ? [table.lo, table.hi] : Array.from(tableValues(circuit, tensor.table));
  const [lo, hi] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  require(lo >= element.lo &&
    hi <= element.hi, `tensor ${tensor.name} does not fit its bytes`, `${element.lo}..${element.hi}`, `${lo}..${hi}`);
  for (const segment of circuit.segments) {
    const overlaps = segment.start < tensor.start + tensor.count && tensor.start < segment.start + segment.count;
    if (overlaps)
      require(segment.table ===
        tensor.table, `tensor ${tensor.name} names another table than its rows`, `${segment.table}`, tensor.table);
  }
}
