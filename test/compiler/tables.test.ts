/** Tables: values of the circuit's tables against the functions they stand for, and how few there are. */
import { expect, test } from "vitest";
import type { Draft, DraftSegment, TableRequest } from "../../compiler/4-lower/draft.ts";
import { assignTables, type DraftTable, emitTable, imageOf, isFunction } from "../../compiler/4-lower/tables.ts";
import { evaluateTable, type TableFunction } from "../../compiler/table-function.ts";
import type { Circuit } from "../../core/circuit.ts";
import { tableValues } from "../../core/lookup.ts";

function draftOf(requests: readonly TableRequest[], inputs: Draft["inputs"] = []): Draft {
  const segments = requests.map(
    (request, i): DraftSegment => ({ name: `s${i}`, count: 1, request, constant: 0, linear: [], products: [] }),
  );
  return { shiftBits: 10, hidesWeights: false, inputs, segments, blobs: [] };
}

const relu: TableFunction = { kind: "clamp", lo: 0, hi: 255 };

test.each<[string, TableFunction, number, number]>([
  ["relu", relu, -700, 900],
  ["relu that never saturates", relu, -700, 200],
  ["relu of positive numbers", relu, 10, 300],
  ["relu of negative numbers", relu, -300, -1],
  ["relu of saturated numbers only", relu, 255, 400],
  ["clamp with a sign", { kind: "clamp", lo: -128, hi: 127 }, -500, 130],
  ["clamp to one value", { kind: "clamp", lo: 3, hi: 3 }, -5, 5],
  ["identity", { kind: "clamp", lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY }, -9, 12],
  [
    "sigmoid",
    { kind: "map", activation: { name: "sigmoid" }, inputScale: 0.05, outputScale: 1 / 255, lo: 0, hi: 255 },
    -300,
    280,
  ],
  [
    "tanh",
    { kind: "map", activation: { name: "tanh" }, inputScale: 0.02, outputScale: 1 / 127, lo: -128, hi: 127 },
    -300,
    280,
  ],
  [
    "leaky relu",
    { kind: "map", activation: { name: "leakyRelu", alpha: 0.1 }, inputScale: 1, outputScale: 1, lo: -128, hi: 127 },
    -900,
    280,
  ],
])("values of %s", (_, table, lo, hi) => {
  const draft = draftOf([{ table, lo, hi }]);
  const [assigned] = assignTables(draft).tables;
  const { table: emitted, blob } = emitTable(draft, assigned as DraftTable);
  const fixed = blob === undefined ? new Int32Array() : Int32Array.from(draft.blobs[blob].data);
  const circuit = {
    tables: [blob === undefined ? emitted : { ...emitted, fixedBase: 0 }],
    fixed,
  } as unknown as Circuit;
  const values = tableValues(circuit, 0);
  expect(emitted.lo).toBe(Math.min(0, lo));
  expect(emitted.hi).toBe(Math.max(0, hi));
  values.forEach((value, i) => {
    expect(value, `at ${emitted.lo + i}`).toBe(evaluateTable(table, emitted.lo + i));
  });
});

test("the sigmoid table rounds the exact value half up", () => {
  const table: TableFunction = {
    kind: "map",
    activation: { name: "sigmoid" },
    inputScale: 1,
    outputScale: 1 / 255,
    lo: 0,
    hi: 255,
  };
  expect([-100, -3, -1, 0, 1, 3, 100].map((q) => evaluateTable(table, q))).toEqual([0, 12, 69, 128, 186, 243, 255]);
});

test("rows that do not read y, and maxima, share the table of a relu", () => {
  const requests: TableRequest[] = [
    { table: relu, lo: -500, hi: 600 },
    { table: { kind: "relu" }, lo: -255, hi: 255 },
    { table: { kind: "none" }, lo: -600, hi: 10 },
  ];
  const { tables, tableOf } = assignTables(draftOf(requests));
  expect(tables.map(({ lo, hi }) => [lo, hi])).toEqual([[-600, 600]]);
  expect(tableOf).toEqual([0, 0, 0]);
});

test("a maximum over wider differences than the relu holds gets a table that does not clip them", () => {
  const requests: TableRequest[] = [
    { table: relu, lo: -10, hi: 300 },
    { table: { kind: "relu" }, lo: -400, hi: 400 },
  ];
  const { tables, tableOf } = assignTables(draftOf(requests));
  const [table] = tables.slice(tableOf[1]).filter(isFunction);
  for (let q = -400; q <= 400; q++) expect(evaluateTable(table.table, q)).toBe(Math.max(0, q));
  expect(tableOf[0]).not.toBe(tableOf[1]);
});

test("an input stands in block y only when a table's values are exactly its range", () => {
  const requests: TableRequest[] = [{ table: relu, lo: -10, hi: 300 }];
  const blocks = (lo: number, hi: number) =>
    assignTables(draftOf(requests, [{ name: "x", count: 1, lo, hi, isExact: false }])).inputBlocks;
  expect(blocks(0, 255)).toEqual(["y"]);
  expect(blocks(0, 254)).toEqual(["q"]);
  expect(blocks(-128, 255)).toEqual(["q"]);
});

test("nothing outside its range is in the table of an exact input", () => {
  const requests: TableRequest[] = [{ table: relu, lo: -10, hi: 300 }];
  for (const [lo, hi] of [
    [0, 255],
    [0, 254],
    [-128, 255],
    [-10, 300],
  ]) {
    const exact = { name: "x", count: 1, lo, hi, isExact: true };
    const { tables, tableOf, inputBlocks } = assignTables(draftOf(requests, [exact, { ...exact, isExact: false }]));
    const table = tables[tableOf[0]];
    const cells = inputBlocks[0] === "y" ? imageOf(table) : { lo: table.lo, hi: table.hi };
    expect(cells).toEqual({ lo, hi });
  }
});
