/** Stacked products and terms add the same numbers to the same rows as what they replace. */
import { expect, test } from "vitest";
import type { Axis, Product, Segment, Term } from "../../core/circuit.ts";
import { linearTerms, productStacks } from "../../core/stack.ts";
import { forEachCell } from "../../prover/operands.ts";
import { integer, random } from "../compiler/support/random.ts";

const SEED = 31;
const COLUMN = 1 << 20;

const plain = (n: number, cell: number, row: number, first?: number, count = 2): Axis => ({
  kind: "plain",
  n,
  cell,
  row,
  ...(first === undefined ? {} : { vars: { first, count } }),
});

const term = (source: Term["source"], base: number, rowBase: number, coef: number, ...axes: Axis[]): Term => ({
  source,
  base,
  rowBase,
  coef,
  axes,
});

/** A witness side of 3 indices and 2 rows, and a right side of the same indices. */
const product = (cell: number, row: number, right: Term["source"], rightCell: number, coef = 1): Product => ({
  bits: 2,
  left: [term("q", cell, row, coef, plain(2, 3, 1), plain(3, 1, 0, 0))],
  right: [term(right, rightCell, 0, 1, plain(3, 1, 0, 0))],
});

function circuitOf(
  products: readonly Product[],
  linear: readonly Term[] = [],
  logRows = 12,
  fixedColumnLength = COLUMN,
) {
  const segment: Segment = { name: "s", start: 0, count: 1, table: 0, constant: 0, linear, products };
  return { segments: [segment], logRows, fixedColumnLength };
}

/** What every row gets, as sums of products of cells. */
function contributions(products: readonly Product[]): Map<string, number> {
  const sums = new Map<string, number>();
  const walk = (terms: readonly Term[]) => {
    const cells: { cell: string; row: number; kappa: number; coef: number }[] = [];
    for (const { source, base, rowBase, coef, axes } of terms)
      forEachCell(axes, (cell, row, kappa) =>
        cells.push({ cell: `${source}${base + cell}`, row: rowBase + row, kappa, coef }),
      );
    return cells;
  };
  for (const { left, right } of products) {
    const rights = walk(right);
    for (const a of walk(left)) {
      for (const b of rights) {
        if (a.kappa !== b.kappa) continue;
        const key = `${a.row + b.row}: ${a.cell} ${b.cell}`;
        sums.set(key, (sums.get(key) ?? 0) + a.coef * b.coef);
      }
    }
  }
  return new Map([...sums].filter(([, coef]) => coef !== 0).sort());
}

const bits = (circuit: ReturnType<typeof circuitOf>) => productStacks(circuit).map(({ product }) => product.bits);

test("products in even steps become one, with one more index", () => {
  const products = [0, 1, 2, 3, 4].map((l) => product(100 + 10 * l, 500 + 20 * l, "fixed", 7 * l));
  const circuit = circuitOf(products);
  expect(bits(circuit)).toEqual([5]);
  expect(contributions(productStacks(circuit).map((stack) => stack.product))).toEqual(contributions(products));
});

test("products with the same right side are added up, without another index", () => {
  const products = [0, 1, 2].map((l) => product(100 + 10 * l, 500 + 20 * l, "fixed", 9));
  const circuit = circuitOf(products);
  expect(bits(circuit)).toEqual([2]);
  expect(productStacks(circuit)[0].isSum).toBe(true);
  expect(contributions(productStacks(circuit).map((stack) => stack.product))).toEqual(contributions(products));
});

test.each([
  ["that fall and rise", [3, 3, -2, 5, 5]],
  ["with a zero", [4, 0, 4]],
])("coefficients %s", (_, coefs) => {
  const products = coefs.map((coef, l) => product(100 + 10 * l, 500 + 20 * l, "y", 900 + 5 * l, coef));
  const circuit = circuitOf(products);
  expect(productStacks(circuit)).toHaveLength(1);
  expect(contributions(productStacks(circuit).map((stack) => stack.product))).toEqual(contributions(products));
});

test("products that do not fit stay apart", () => {
  const uneven = [0, 10, 35].map((cell, l) => product(100 + cell, 500 + 20 * l, "fixed", 7 * l));
  expect(bits(circuitOf(uneven))).toEqual([3, 2]);
  const falling = [2, 1, 0].map((l) => product(100 + 10 * l, 500 + 20 * l, "fixed", 7 * l));
  expect(bits(circuitOf(falling))).toEqual([2, 2, 2]);
  const even = [0, 1, 2, 3].map((l) => product(100 + 10 * l, 500 + 20 * l, "fixed", 7 * l));
  expect(bits(circuitOf(even, [], 3)), "no more variables than rows").toEqual([3, 3]);
  expect(bits(circuitOf(even, [], 12, 16)), "a term stays in its column").toEqual([3, 2, 2]);
});

test("interleaved runs are found, and random ones keep every contribution", () => {
  const next = random(SEED);
  for (let round = 0; round < 20; round++) {
    const kinds = Array.from({ length: 3 }, () => ({
      cell: integer(next, 0, 500),
      row: integer(next, 600, 700),
      steps: [integer(next, 0, 9), integer(next, 0, 9), integer(next, 0, 9)],
      source: next() < 0.5 ? ("fixed" as const) : ("y" as const),
    }));
    const products = [0, 1, 2, 3].flatMap((l) =>
      kinds.map(({ cell, row, steps, source }) =>
        product(cell + l * steps[0], row + l * steps[1], source, l * steps[2], integer(next, -3, 3)),
      ),
    );
    const stacked = productStacks(circuitOf(products));
    expect(stacked.flatMap(({ members }) => members)).toHaveLength(products.length);
    expect(contributions(stacked.map((stack) => stack.product)), `seed ${SEED}, round ${round}`).toEqual(
      contributions(products),
    );
  }
});

test("linear terms that repeat become one", () => {
  const terms = [0, 1, 2, 3].flatMap((l) => [
    term("q", 10 + 8 * l, 100 + 4 * l, 2, plain(3, 1, 1)),
    term("y", 50 + l, 300, -1),
    term("q", 10 + 8 * l, 100 + 4 * l, l, plain(3, 1, 1)),
  ]);
  const stacked = linearTerms(circuitOf([], terms));
  expect(stacked).toHaveLength(6);
  const rows = (all: readonly Term[]) => {
    const sums = new Map<string, number>();
    for (const { source, base, rowBase, coef, axes } of all)
      forEachCell(axes, (cell, row) => {
        const key = `${rowBase + row} ${source}${base + cell}`;
        sums.set(key, (sums.get(key) ?? 0) + coef);
      });
    return new Map([...sums].sort());
  };
  expect(rows(stacked)).toEqual(rows(terms));
});
