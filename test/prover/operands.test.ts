import { afterAll, beforeAll, expect, test } from "vitest";
import type { Axis, Product, Term } from "../../core/circuit.ts";
import { mod, pow } from "../../core/field.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { type Cells, forEachCell, forEachPair, planProduct, sideEntries } from "../../prover/operands.ts";
import { addSide } from "../../prover/products.ts";
import { numbers } from "../support/circuits.ts";

const SEED = 31;
const TAU = 12_345_678_901_234_567_890n;
const ROWS = 256;

const plain = (n: number, cell: number, row: number, first?: number, count?: number): Axis => ({
  kind: "plain",
  n,
  cell,
  row,
  ...(first === undefined || count === undefined ? {} : { vars: { first, count } }),
});
const term = (source: Term["source"], base: number, rowBase: number, axes: Axis[], coef = 1): Term => ({
  source,
  base,
  rowBase,
  coef,
  axes,
});
const window = (outN: number, kernelN: number, inputN: number, row: number, first: number, count: number): Axis => ({
  kind: "window",
  outN,
  kernelN,
  stride: 1,
  dilation: 1,
  pad: 1,
  inputN,
  cell: 1,
  row,
  vars: { first, count },
});

/** Blocks of the left side, and the product. */
const CASES: readonly (readonly [name: string, blocks: number, product: Product])[] = [
  [
    "5 groups of 3 positions, kernel of 3",
    5,
    {
      bits: 5,
      left: [term("y", 0, 10, [plain(5, 24, 24, 0, 3), window(24, 3, 24, 1, 3, 2)])],
      right: [term("fixed", 0, 0, [plain(5, 3, 0, 0, 3), plain(3, 1, 0, 3, 2)])],
    },
  ],
  [
    "2 groups of 2 channels to 3 channels",
    2,
    {
      bits: 4,
      left: [term("y", 0, 0, [plain(2, 40, 60, 0, 2), plain(2, 20, 0, 2, 2), plain(20, 1, 1)])],
      right: [term("fixed", 0, 0, [plain(2, 6, 0, 0, 2), plain(3, 2, 20), plain(2, 1, 0, 2, 2)])],
    },
  ],
  [
    "an elementwise product of witness cells",
    11,
    {
      bits: 4,
      left: [term("q", 0, 3, [plain(11, 1, 1, 0, 4)]), term("y", 20, 3, [plain(11, 2, 1, 0, 4)], -3)],
      right: [term("y", 50, 0, [plain(11, 1, 0, 0, 4)])],
    },
  ],
  [
    "both sides move the row",
    6,
    {
      bits: 4,
      left: [term("q", 0, 0, [plain(6, 1, 7, 0, 3), plain(2, 30, 1), plain(1, 0, 0, 3, 1)])],
      right: [term("y", 0, 0, [plain(6, 1, 11, 0, 3), plain(1, 0, 0, 3, 1)])],
    },
  ],
  [
    "one block where no axis moves the row with the sum",
    1,
    {
      bits: 3,
      left: [term("y", 0, 0, [plain(4, 7, 1), plain(7, 1, 0, 0, 3)])],
      right: [term("fixed", 0, 0, [plain(5, 7, 4), plain(7, 1, 0, 0, 3)])],
    },
  ],
];

let engine: Engine;
const random = numbers(SEED);
const column = (): Int32Array => Int32Array.from({ length: 400 }, () => random(-200, 200));
const cells: Cells = { q: column(), y: column(), fixed: column() };
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

function visit(terms: readonly Term[], each: (row: number, kappa: number, value: number) => void): void {
  for (const { source, base, rowBase, coef, axes } of terms)
    forEachCell(axes, (cell, row, kappa) => each(rowBase + row, kappa, coef * cells[source][base + cell]));
}

test.each(CASES)("%s", (_name, blocks, product) => {
  const plan = planProduct(product);
  expect(plan.left.blocks).toHaveLength(blocks);
  const [left, right] = [sideEntries(plan.left, cells), sideEntries(plan.right, cells)];

  const sums = new Map<number, number>();
  const expected = new Map<number, number>();
  const addTo = (map: Map<number, number>, row: number, value: number) => map.set(row, (map.get(row) ?? 0) + value);
  forEachPair(plan, left, right, (leftRows, leftPart, rightRows, rightPart, width) => {
    leftRows.forEach((leftRow, f) => {
      rightRows.forEach((rightRow, g) => {
        for (let k = 0; k < width; k++)
          addTo(sums, leftRow + rightRow, leftPart[f * width + k] * rightPart[g * width + k]);
      });
    });
  });
  visit(product.left, (leftRow, leftKappa, leftValue) => {
    visit(product.right, (rightRow, rightKappa, rightValue) => {
      if (leftKappa === rightKappa) addTo(expected, leftRow + rightRow, leftValue * rightValue);
    });
  });
  expect([...sums].filter(([, sum]) => sum !== 0).sort()).toEqual([...expected].filter(([, sum]) => sum !== 0).sort());

  const tauPowers = engine.frVec(ROWS);
  engine.powers(tauPowers, TAU);
  const kept = new Set<number>();
  visit(product.right, (_row, kappa) => kept.add(kappa));
  for (const [terms, side, entries] of [
    [product.left, plan.left, left],
    [product.right, plan.right, right],
  ] as const) {
    const vector = new Array<bigint>(2 ** product.bits).fill(0n);
    visit(terms, (row, kappa, value) => {
      if (kept.has(kappa)) vector[kappa] = mod(vector[kappa] + pow(TAU, row) * BigInt(value));
    });
    const result = engine.frVec(2 ** product.bits, true);
    addSide(engine, result, side, entries, tauPowers);
    expect(engine.read(result)).toEqual(vector);
  }
});
