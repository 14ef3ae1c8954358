import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { R } from "../../core/field.ts";
import type { WeightAxis, WeightTerm } from "../../core/weights.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { columnTransform } from "../../prover/opening.ts";
import { factoredTransform, groupByInner, type TermColumn, termsTransform } from "../../prover/weight-factors.ts";
import { addTerms, eqTables, type WeightTables, weightsAt } from "../../prover/weights.ts";
import { numbers } from "../support/circuits.ts";

const SEED = 23;
const LENGTH = 512;
const BITS = 7;
const ROWS = 256;

const plain = (n: number, cell: number, row = 0, vars?: { first: number; count: number }): WeightAxis => ({
  kind: "plain",
  n,
  cell,
  row,
  ...(vars ? { vars } : {}),
});
/** 5 channels in, kernel 3 x 3, channels out by rows of 48 cells. */
const convolution = (outputs: number): WeightAxis[] => [
  plain(outputs, 48, 4),
  plain(5, 9, 0, { first: 0, count: 3 }),
  plain(3, 3, 0, { first: 3, count: 2 }),
  plain(3, 1, 0, { first: 5, count: 2 }),
];
const dense = [plain(7, 64, 1), plain(60, 1, 0, { first: 0, count: 6 }), plain(1, 0, 0, { first: 6, count: 1 })];
const transposed = [plain(60, 8, 0, { first: 0, count: 6 }), plain(1, 0, 0, { first: 6, count: 1 }), plain(7, 1, 1)];
const bias = [plain(12, 1, 3), plain(4, 0, 1)];
const oddRows = [plain(7, 63, 1), plain(60, 1, 0, { first: 0, count: 6 })];

describe("factored transforms of weights", () => {
  let engine: Engine;
  let tables: WeightTables;
  const random = numbers(SEED);
  const scalar = (): bigint => BigInt(random(1, 2 ** 30)) ** 9n % R;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    const tau = scalar();
    const u = Array.from({ length: BITS }, scalar);
    const tauPowers = engine.frVec(ROWS);
    engine.powers(tauPowers, tau);
    tables = { tau, u, tauPowers, eq: eqTables(engine, u, [6, BITS]) };
  });
  afterAll(() => engine.close());

  const column = (...boxes: [offset: number, axes: WeightAxis[]][]): TermColumn => ({
    length: LENGTH,
    terms: boxes.map(([offset, axes]) => {
      const term: WeightTerm = { column: { kind: "fixed", index: 0 }, offset, coef: 1n, tauPower: random(0, 9), axes };
      return { term, scale: scalar() };
    }),
  });

  function expectEqual(columns: readonly TermColumn[], groups = groupByInner(columns)): void {
    for (const { length, terms } of columns) {
      const mark = engine.mark();
      const sum = engine.frVec(2 * length, true);
      for (const group of groups) {
        const outers = [...group.columns].find(([{ terms: other }]) => other === terms)?.[1];
        if (!outers) continue;
        const inner = termsTransform(engine, [{ term: group.inner, scale: 1n }], 2 * length, tables);
        engine.add(sum, sum, factoredTransform(engine, inner, outers, group.period, tables));
      }
      const weights = engine.frVec(length, true);
      addTerms(engine, weights, terms, tables);
      const expected = engine.read(columnTransform(engine, weights));
      expect(engine.read(sum)).toEqual(expected);
      const x = scalar();
      expect(weightsAt(terms, tables, x)).toBe(engine.evaluate(weights, x));
      engine.release(mark);
    }
  }

  test.each([
    ["rows of a convolution", [0, convolution(9)], [16, convolution(4)]],
    ["rows of a dense layer", [64, dense], [0, dense]],
    ["a transposed dense layer", [0, transposed], [8, transposed]],
    ["rows that start off their stride", [3, convolution(9)], [19, convolution(2)]],
  ] as [string, ...[number, WeightAxis[]][]][])("%s", (_name, first, second) => {
    const columns = [first, second, second, first].map((box) => column(box));
    const groups = groupByInner(columns);
    expect(groups).toHaveLength(1);
    expect(groups[0].columns.size).toBe(4);
    expectEqual(columns, groups);
  });

  test("two layers in one column, of one shape and of two", () => {
    const columns = [
      column([0, convolution(4)], [192, convolution(5)]),
      column([0, dense]),
      column([0, convolution(9)]),
      column([0, dense]),
      column([0, convolution(9)]),
      column([0, dense]),
    ];
    expect(groupByInner(columns)).toHaveLength(2);
    expectEqual(columns);
  });

  test("columns that share nothing, hold a bias, or have odd rows are written out", () => {
    const columns = [
      column([0, convolution(9)]),
      column([0, dense], [500, bias]),
      column([0, oddRows]),
      column([0, oddRows]),
      column([0, []]),
    ];
    expect(groupByInner(columns)).toEqual([]);
  });
});
