/**
 * Tables in aligned rows. The verifier pays for the bits of a position down to the lowest set one (`verifier-gen/emit/lookup.ts`), and
 * a function is the same on a larger domain. So where the circuit has rows to spare, domains are widened until the places where
 * clamps bend, and the ends of tables, are multiples of a power of two.
 */
import { elementFormat } from "./public-tensors.ts";
import { type DraftTable, domainSize, imageOf, isFunction } from "./tables.ts";

/** Rows of the table side: the first table begins at `start`, all end at or below `end`. */
export interface TableRows {
  readonly start: number;
  readonly end: number;
}

/** The same tables on wider domains, with at most `maxMapCells` more values of tabulated functions, which are fixed cells. */
export function alignTables(
  tables: readonly DraftTable[],
  rows: TableRows,
  maxMapCells: number,
): readonly DraftTable[] {
  const candidates = [tables];
  for (let unit = 2 ** Math.floor(Math.log2(Math.max(1, rows.end - rows.start))); unit > 1; unit /= 2) {
    for (const widensMaps of [true, false]) {
      const kept = tables.filter((item) => !mayGrow(item) || (isMap(item) && !widensMaps));
      const aligned = widenWithin(tables, kept, rows, unit);
      const moreMapCells = rowsOf(aligned.filter(isMap)) - rowsOf(tables.filter(isMap));
      if (moreMapCells <= maxMapCells) candidates.push(aligned);
    }
  }
  const bits = candidates.map((candidate) => bitsOf(candidate, rows));
  return candidates[bits.indexOf(Math.min(...bits))];
}

/** Bits that the verifier visits for all positions. */
function bitsOf(tables: readonly DraftTable[], { start, end }: TableRows): number {
  const positions = new Set<number>();
  let row = start;
  for (const item of tables) {
    positions.add(row);
    for (const bend of bendsOf(item)) positions.add(row + bend - item.lo);
    row += domainSize(item);
  }
  positions.add(row);
  return [...positions].filter((at) => at < end).reduce((sum, at) => sum + Math.log2(end / lowestBit(at)), 0);
}

function lowestBit(n: number): number {
  return n % 2 === 0 ? 2 * lowestBit(n / 2) : 1;
}

/** Where a clamp begins and ends to rise within its domain. */
function bendsOf({ table, lo, hi }: DraftTable): number[] {
  return table.kind === "clamp" ? [table.lo, table.hi + 1].filter((at) => at > lo && at <= hi) : [];
}

/** Tables that would pack in more bytes, or leave no room, stay as they are. */
function widenWithin(
  tables: readonly DraftTable[],
  kept: readonly DraftTable[],
  rows: TableRows,
  unit: number,
): readonly DraftTable[] {
  const aligned = widenAll(tables, new Set(kept), rows.start, unit);
  if (rows.start + rowsOf(aligned) > rows.end) return tables;
  const otherwisePacked = tables.filter((item, i) => !hasFormatsOf(item, aligned[i]));
  return otherwisePacked.length === 0 ? aligned : widenWithin(tables, [...kept, ...otherwisePacked], rows, unit);
}

function rowsOf(tables: readonly DraftTable[]): number {
  return tables.reduce((sum, table) => sum + domainSize(table), 0);
}

function isMap({ table }: DraftTable): boolean {
  return table.kind === "map";
}

function mayGrow(item: DraftTable): boolean {
  return isFunction(item) && item.isExact !== true;
}

function widenAll(
  tables: readonly DraftTable[],
  kept: ReadonlySet<DraftTable>,
  start: number,
  unit: number,
): DraftTable[] {
  let row = start;
  return tables.map((item) => {
    const chosen = kept.has(item) ? item : widen(item, row, unit);
    row += domainSize(chosen);
    return chosen;
  });
}

/** The place where a clamp bends, then the row behind the table, at a multiple of `unit`. */
function widen(item: DraftTable, row: number, unit: number): DraftTable {
  const { table, lo, hi } = item;
  const toMultiple = (position: number): number => unit * Math.ceil(position / unit) - position;
  if (table.kind === "clamp") {
    const [bend] = bendsOf(item);
    const below = bend === undefined ? 0 : toMultiple(row + bend - lo);
    const above = toMultiple(row + below + hi - lo + 1);
    const wouldBend = hi <= table.hi && hi + above > table.hi;
    return { ...item, lo: lo - below, hi: wouldBend ? hi : hi + above };
  }
  // A function may have no values on the other side of 0.
  const more = toMultiple(row + hi - lo + 1);
  return -lo > hi ? { ...item, lo: lo - more } : { ...item, hi: hi + more };
}

/** Packed bytes of inputs and outputs follow from domains and images. */
function hasFormatsOf(item: DraftTable, wider: DraftTable): boolean {
  if (item.lo === wider.lo && item.hi === wider.hi) return true;
  const formats = (table: DraftTable): string => JSON.stringify([table, imageOf(table)].map(elementFormat));
  return formats(item) === formats(wider);
}
