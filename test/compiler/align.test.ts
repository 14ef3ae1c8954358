/** Aligned tables: the same functions on wider domains, in the rows there are, at positions of fewer bits. */
import { describe, expect, test } from "vitest";
import { alignTables } from "../../compiler/4-lower/align.ts";
import type { Draft, DraftSegment, TableRequest } from "../../compiler/4-lower/draft.ts";
import { elementFormat } from "../../compiler/4-lower/public-tensors.ts";
import { assignTables, type DraftTable, domainSize, emitTable, imageOf } from "../../compiler/4-lower/tables.ts";
import { evaluateTable, type TableFunction } from "../../compiler/table-function.ts";
import type { Circuit } from "../../core/circuit.ts";
import { tableValues } from "../../core/lookup.ts";
import { integer, random } from "./support/random.ts";

const SQUARE_ROOT: TableFunction = {
  kind: "map",
  activation: { name: "function", f: "sqrt", a: 0, b: 0 },
  inputScale: 1,
  outputScale: 0.5,
  lo: 0,
  hi: 255,
};
const SIGMOID: TableFunction = {
  kind: "map",
  activation: { name: "sigmoid" },
  inputScale: 0.05,
  outputScale: 1 / 255,
  lo: 0,
  hi: 255,
};
const IDENTITY: TableFunction = { kind: "clamp", lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };

function draftOf(requests: readonly TableRequest[], inputs: Draft["inputs"] = []): Draft {
  const segments = requests.map(
    (request, i): DraftSegment => ({ name: `s${i}`, count: 1, request, constant: 0, linear: [], products: [] }),
  );
  return { shiftBits: 10, hidesWeights: false, inputs, segments, blobs: [] };
}

const rowsOf = (tables: readonly DraftTable[]): number => tables.reduce((sum, table) => sum + domainSize(table), 0);

function valuesOf(item: DraftTable): Int32Array {
  const draft = draftOf([]);
  const { table, blob } = emitTable(draft, item);
  const fixed = blob === undefined ? new Int32Array() : Int32Array.from(draft.blobs[blob].data);
  return tableValues(
    { tables: [blob === undefined ? table : { ...table, fixedBase: 0 }], fixed } as unknown as Circuit,
    0,
  );
}

function randomRequests(next: () => number): TableRequest[] {
  return Array.from({ length: integer(next, 1, 5) }, (_, i): TableRequest => {
    const [below, above] = [-integer(next, 0, 900), integer(next, 0, 900)];
    const kind = integer(next, 0, 4);
    if (kind === 0) return { table: SIGMOID, lo: below, hi: above };
    if (kind === 1) return { table: { kind: "relu" }, lo: below, hi: above };
    if (kind === 2) return { table: IDENTITY, lo: below, hi: above };
    if (kind === 3)
      return { table: { kind: "values", name: `v${i}`, values: new Float64Array(9).fill(i) }, lo: 0, hi: 8 };
    const hi = integer(next, 1, 300);
    return { table: { kind: "clamp", lo: -integer(next, 0, 300), hi }, lo: below, hi: above };
  });
}

describe.each(Array.from({ length: 40 }, (_, seed) => seed))("seed %i", (seed) => {
  const next = random(seed);
  const isHidden = seed % 3 === 0;
  const inputs = isHidden ? [{ name: "x", count: 2, lo: -300, hi: 17, isExact: true }] : [];
  const { tables } = assignTables(draftOf(randomRequests(next), inputs));
  const start = integer(next, 1, 3000);
  const end = start + rowsOf(tables) + integer(next, 0, 3000);
  const maxMapCells = integer(next, 0, 1500);
  const aligned = alignTables(tables, { start, end }, maxMapCells);

  test("tables fit, cover what they covered, and are packed as they were", () => {
    expect(aligned.map(({ name }) => name)).toEqual(tables.map(({ name }) => name));
    expect(start + rowsOf(aligned)).toBeLessThanOrEqual(end);
    const maps = (items: readonly DraftTable[]): number => rowsOf(items.filter(({ table }) => table.kind === "map"));
    expect(maps(aligned) - maps(tables)).toBeLessThanOrEqual(maxMapCells);
    aligned.forEach((wider, i) => {
      expect(wider.lo).toBeLessThanOrEqual(tables[i].lo);
      expect(wider.hi).toBeGreaterThanOrEqual(tables[i].hi);
      expect([wider, imageOf(wider)].map(elementFormat)).toEqual([tables[i], imageOf(tables[i])].map(elementFormat));
      const isKept = tables[i].isExact === true || wider.table.kind === "values";
      if (isKept) expect(wider).toEqual(tables[i]);
    });
  });

  test("values are those of the functions on the whole domain", () => {
    for (const item of aligned) {
      if (item.table.kind !== "clamp" && item.table.kind !== "map") continue;
      const { table, lo } = item;
      valuesOf(item).forEach((value, i) => {
        expect(value, `${item.name} at ${lo + i}`).toBe(evaluateTable(table, lo + i));
      });
    }
  });
});

test("bends and ends of clamps stand at multiples of a power of two where rows allow it", () => {
  const { tables } = assignTables(
    draftOf([
      { table: { kind: "clamp", lo: -128, hi: 127 }, lo: -1247, hi: 1251 },
      { table: { kind: "clamp", lo: -256, hi: 255 }, lo: -4094, hi: 4062 },
    ]),
  );
  const aligned = alignTables(tables, { start: 1152, end: 2 ** 14 }, 0);
  let row = 1152;
  for (const [i, unit] of [128, 256].entries()) {
    const { lo } = aligned[i];
    const limit = (aligned[i].table as { lo: number }).lo;
    expect((row + limit - lo) % unit).toBe(0);
    row += domainSize(aligned[i]);
    expect(row % 256).toBe(0);
  }
});

test("a function of positive numbers is never asked for negative ones", () => {
  const { tables } = assignTables(draftOf([{ table: SQUARE_ROOT, lo: 0, hi: 999 }]));
  const aligned: DraftTable = { ...alignTables(tables, { start: 24, end: 2 ** 12 }, 2 ** 12)[0] };
  expect(aligned.lo).toBe(0);
  expect(aligned.hi).toBeGreaterThan(999);
  expect((24 + domainSize(aligned)) % 1024).toBe(0);
});
