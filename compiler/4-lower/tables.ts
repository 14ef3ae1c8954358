/**
 * Tables for what the rows of a draft request, as few as possible: a table costs its domain in rows, and the verifier its pieces.
 *
 * Rows whose y is not read take whichever table grows least; differences of maxima take a clamp at 0 that is wide enough.
 */
import type { Break, Table } from "../../core/circuit.ts";
import type { ClampTable, MapTable } from "../table-function.ts";
import { evaluateTable, tableKey } from "../table-function.ts";
import { addBlob, type Draft, type DraftInput, type MemoryTable, type ValuesTable } from "./draft.ts";

type AnyTable = ClampTable | MapTable | ValuesTable | MemoryTable;

export interface DraftTable {
  readonly name: string;
  readonly table: AnyTable;
  lo: number;
  hi: number;
  /** No entry may stand outside lo..hi: a private, committed or index input is looked up here. */
  isExact?: boolean;
}

export interface Assignment {
  readonly tables: readonly DraftTable[];
  /** Table of each owner: inputs first, then segments. */
  readonly tableOf: readonly number[];
  /** Block that holds each input. */
  readonly inputBlocks: readonly ("q" | "y")[];
}

const IDENTITY: ClampTable = { kind: "clamp", lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };

export function assignTables({ inputs, segments }: Draft): Assignment {
  const tables: DraftTable[] = [];
  const chosen = new Array<DraftTable>(inputs.length + segments.length);
  const widen = (owner: number, table: DraftTable, { lo, hi }: { lo: number; hi: number }): void => {
    table.lo = Math.min(table.lo, lo);
    table.hi = Math.max(table.hi, hi);
    chosen[owner] = table;
  };
  const named = (table: AnyTable, { lo, hi } = { lo: 0, hi: 0 }): DraftTable => {
    const name = nameOf(table);
    const found = tables.find((item) => item.name === name);
    if (found) return found;
    const added = { name, table, lo, hi };
    tables.push(added);
    return added;
  };
  segments.forEach(({ request }, index) => {
    const { table } = request;
    if (table.kind === "clamp" || table.kind === "map") widen(inputs.length + index, named(table), request);
    if (table.kind === "values" || table.kind === "memory")
      widen(inputs.length + index, named(table, request), request);
  });
  const widest = segments.reduce(
    (most, { request }) => (request.table.kind === "relu" ? Math.max(most, request.hi) : most),
    0,
  );
  const widestClamp = 2 ** Math.ceil(Math.log2(widest + 1)) - 1;
  segments.forEach(({ request }, index) => {
    if (request.table.kind !== "relu") return;
    const fitting = tables.filter(({ table }) => table.kind === "clamp" && table.lo === 0 && table.hi >= request.hi);
    widen(
      inputs.length + index,
      leastGrowth(fitting, request) ?? named({ kind: "clamp", lo: 0, hi: widestClamp }),
      request,
    );
  });
  const inputBlocks = inputs.map((input, owner) => {
    const table = tables.find((item) => holdsInput(item, input));
    if (table) widen(owner, table, input);
    return table ? "y" : "q";
  });
  [...inputs, ...segments.map((segment) => segment.request)].forEach((extent, owner) => {
    if (chosen[owner] || inputs[owner]?.isExact) return;
    widen(owner, leastGrowth(tables, extent) ?? named(IDENTITY), extent);
  });
  // Last, when no table grows any more.
  inputs.forEach((input, owner) => {
    if (chosen[owner]) return;
    const found = tables.filter(isFunction).find(({ lo, hi }) => lo === input.lo && hi === input.hi);
    const own: DraftTable = { name: `${input.lo}..${input.hi}`, table: IDENTITY, lo: input.lo, hi: input.hi };
    if (!found) tables.push(own);
    chosen[owner] = found ?? own;
    chosen[owner].isExact = true;
  });
  const order = [...new Set([...chosen, ...tables])];
  return { tables: order, tableOf: chosen.map((table) => order.indexOf(table)), inputBlocks };
}

/** Every y of the table is a value of the input and the other way round, so that the table bounds the packed digits. */
function holdsInput({ table }: DraftTable, input: DraftInput): boolean {
  return table.kind === "clamp" && table.lo === 0 && input.lo === 0 && table.hi === input.hi;
}

function nameOf(table: AnyTable): string {
  if (table.kind === "values") return table.name;
  if (table.kind === "memory") return `memory of ${table.cells.owner} ${table.cells.block} from ${table.base}`;
  return tableKey(table);
}

/** Neither values nor memory: a function that holds for any domain. */
export function isFunction(item: DraftTable): item is DraftTable & { table: ClampTable | MapTable } {
  return item.table.kind === "clamp" || item.table.kind === "map";
}

function leastGrowth(tables: readonly DraftTable[], { lo, hi }: { lo: number; hi: number }): DraftTable | undefined {
  const growth = (table: DraftTable): number => {
    const cells = Math.max(0, table.lo - lo) + Math.max(0, hi - table.hi);
    return table.table.kind === "map" ? 2 * cells : cells;
  };
  return tables.filter(isFunction).sort((a, b) => growth(a) - growth(b))[0];
}

export function domainSize({ lo, hi }: DraftTable): number {
  return hi - lo + 1;
}

/** Smallest and largest y of the table. */
export function imageOf(item: DraftTable): { lo: number; hi: number } {
  const { table } = item;
  if (table.kind === "clamp") return { lo: evaluateTable(table, item.lo), hi: evaluateTable(table, item.hi) };
  return valuesOf(item).reduce((range, value) => ({ lo: Math.min(range.lo, value), hi: Math.max(range.hi, value) }), {
    lo: 0,
    hi: 0,
  });
}

/** Empty for memory. */
function valuesOf({ table, lo, hi }: DraftTable): Float64Array {
  if (table.kind === "values") return table.values;
  if (table.kind === "memory") return new Float64Array();
  return Float64Array.from({ length: hi - lo + 1 }, (_, i) => evaluateTable(table, lo + i));
}

/** A table before its cells have addresses: clamps are pieces, memory names its rows, other functions stand in a blob. */
export interface EmittedTable {
  readonly table: Omit<Table, "fixedBase" | "memory">;
  readonly blob?: number;
  readonly memory?: MemoryTable;
}

export function emitTable(draft: Draft, item: DraftTable): EmittedTable {
  const { name, lo, hi, table } = item;
  if (table.kind === "clamp") return { table: { name, lo, hi, breaks: clampBreaks(table, lo, hi) } };
  if (table.kind === "memory") return { table: { name, lo, hi }, memory: table };
  const values = valuesOf(item);
  return { table: { name, lo, hi }, blob: addBlob(draft, values, values.length) };
}

function clampBreaks(clamp: ClampTable, lo: number, hi: number): Break[] {
  const rises = lo >= clamp.lo && lo < clamp.hi;
  const breaks: Break[] = [{ at: lo, level: evaluateTable(clamp, lo), slope: rises ? 1 : 0 }];
  if (clamp.lo > lo && clamp.lo < clamp.hi) breaks.push({ at: clamp.lo, level: 0, slope: 1 });
  // Behind the last value, which is a power of two for most clamps: the verifier pays for the bits of the position.
  if (clamp.hi > lo && clamp.lo < clamp.hi) breaks.push({ at: clamp.hi + 1, level: -1, slope: -1 });
  return breaks.filter(({ at, level, slope }) => at <= hi && (level !== 0 || slope !== 0));
}
