import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { add, inv, mul, R, sub } from "../../core/field.ts";
import type { WeightAxis, WeightTerm } from "../../core/weights.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { columnTransform, laurentQuotient, laurentSteps, type WeightedColumn } from "../../prover/laurent.ts";
import { groupByInner, type TermColumn } from "../../prover/weight-factors.ts";
import { weightsAt } from "../../prover/weights.ts";
import { numbers } from "../support/circuits.ts";

const SEED = 23;
/** Length of the columns, log2 of the rows: on 2, 4 and 8 cosets; in the last case the outer factors are 16 times shorter. */
const SHAPES = [
  [512, 7],
  [1024, 9],
  [1024, 8],
  [2 ** 15, 9],
] as const;

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

describe.each(SHAPES)("the Laurent quotient of columns of %i cells, 2^%i rows", (length, logRows) => {
  let engine: Engine;
  const random = numbers(SEED);
  const scalar = (): bigint => BigInt(random(1, 2 ** 30)) ** 9n % R;
  const point = { tau: scalar(), u: Array.from({ length: logRows }, scalar) };
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
  });
  afterAll(() => engine.close());

  const column = (...boxes: [offset: number, axes: WeightAxis[]][]): TermColumn => ({
    length,
    terms: boxes.map(([offset, axes]) => {
      const term: WeightTerm = { column: { kind: "fixed", index: 0 }, offset, coef: 1n, tauPower: random(0, 9), axes };
      return { term, scale: scalar() };
    }),
  });

  /** D(X) - X h(X) - X^-1 h(1/X) is the same at two random points, so it is D's constant coefficient. */
  function expectQuotient(columns: readonly TermColumn[]): void {
    const mark = engine.mark();
    const rows = 2 ** logRows;
    const weighted = columns.map((column, index): WeightedColumn => {
      const cells = engine.intVec(Int32Array.from({ length: column.length }, () => random(-1000, 1000)));
      if (index % 2 === 1) return { ...column, values: cells, transform: columnTransform(engine, cells, rows) };
      const values = engine.frVec(cells.length);
      engine.fromInts(values, cells);
      return { ...column, values: index === 0 ? values : cells };
    });
    let steps = 0;
    const quotient = laurentQuotient(engine, weighted, point, undefined, () => steps++);
    expect(steps).toBe(laurentSteps(weighted, rows));
    expect(engine.read(quotient, quotient.length - 1)).toEqual([0n]);
    const at = (values: WeightedColumn["values"], x: bigint): bigint => {
      const copy = engine.frVec(values.length);
      engine.linear(copy, 0n, [{ scale: 1n, source: values }]);
      return engine.evaluate(copy, x);
    };
    const constantAt = (x: bigint): bigint => {
      const y = inv(x);
      const d = weighted
        .map(({ values, terms }) => {
          return add(mul(at(values, x), weightsAt(terms, point, y)), mul(at(values, y), weightsAt(terms, point, x)));
        })
        .reduce(add);
      return sub(d, add(mul(x, engine.evaluate(quotient, x)), mul(y, engine.evaluate(quotient, y))));
    };
    expect(constantAt(scalar())).toBe(constantAt(scalar()));
    engine.release(mark);
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
    expectQuotient(columns);
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
    expectQuotient(columns);
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
    expectQuotient(columns);
  });

  test("columns of other lengths are added to the longest", () => {
    const short = (length: number, offset: number, axes: WeightAxis[]): TermColumn => {
      return { ...column([offset, axes]), length };
    };
    expectQuotient([
      column([0, convolution(9)]),
      short(64, 5, [plain(40, 1, 1)]),
      column([0, convolution(9)]),
      short(256, 0, [plain(128, 1, 0, { first: 0, count: 7 })]),
      short(8, 3, []),
    ]);
  });
});
