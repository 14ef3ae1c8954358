/**
 * Circuits without weights or witnesses, for comparing formulas: each has shapes that the small circuits of test/support lack. Products
 * and sums need not make sense as a model.
 */
import { bn254 } from "@noble/curves/bn254.js";
import type { Axis, BoundaryTensor, Circuit, Product, Segment, Table, Term, WindowAxis } from "../../core/circuit.ts";
import { layoutOf } from "../../core/layout.ts";
import { createVerifyingKey, type TauG2, type VerifyingKey } from "../../core/verifying-key.ts";

const plain = (n: number, cell: number, row: number, vars?: [first: number, count: number]): Axis => ({
  kind: "plain",
  n,
  cell,
  row,
  ...(vars === undefined ? {} : { vars: { first: vars[0], count: vars[1] } }),
});

const window = (shape: Omit<WindowAxis, "kind" | "vars">, vars?: [first: number, count: number]): Axis => ({
  kind: "window",
  ...shape,
  ...(vars === undefined ? {} : { vars: { first: vars[0], count: vars[1] } }),
});

const term = (source: Term["source"], base: number, rowBase: number, coef: number, ...axes: Axis[]): Term => ({
  source,
  base,
  rowBase,
  coef,
  axes,
});

const tensor = (
  name: string,
  count: number,
  start: number,
  elementBytes: 1 | 2 | 4,
  signed: boolean,
  block: "q" | "y" = "y",
): BoundaryTensor => ({
  name,
  visibility: "public",
  shape: [count],
  block,
  start,
  count,
  elementBytes,
  signed,
  scale: 1,
  table: 0,
});

const segment = (
  start: number,
  count: number,
  table: number,
  constant: number,
  linear: Term[],
  products: Product[] = [],
): Segment => ({
  name: `rows ${start}`,
  start,
  count,
  table,
  constant,
  linear,
  products,
});

const RAMP: Table = {
  name: "ramp",
  lo: -7,
  hi: 9,
  breaks: [
    { at: -20, level: 3, slope: 2 },
    { at: -3, level: -1, slope: 0 },
    { at: 4, level: 0, slope: -5 },
    { at: 12, level: 100, slope: 1 },
  ],
};
const FLAT: Table = { name: "flat", lo: 0, hi: 0, breaks: [{ at: 0, level: 6, slope: 0 }] };

/** Windows: padding on one side or both, strides, dilation, a kernel larger than the input, no kernel variables, groups. */
const windows: Circuit = (() => {
  const conv: Product = {
    bits: 6,
    left: [
      term(
        "y",
        60,
        300,
        1,
        plain(3, 40, 100, [4, 2]),
        window({ outN: 6, kernelN: 3, stride: 2, dilation: 1, pad: 1, inputN: 12, cell: 7, row: 9 }, [0, 2]),
        window({ outN: 4, kernelN: 3, stride: 1, dilation: 2, pad: 2, inputN: 5, cell: 1, row: 1 }, [2, 2]),
      ),
    ],
    right: [
      term("fixed", 10, 0, 3, plain(2, 27, 50), plain(3, 9, 0, [4, 2]), plain(3, 3, 0, [0, 2]), plain(3, 1, 0, [2, 2])),
    ],
  };
  const large: Product = {
    bits: 3,
    left: [
      term(
        "q",
        65,
        400,
        -4,
        window({ outN: 2, kernelN: 7, stride: 3, dilation: 1, pad: 3, inputN: 4, cell: 2, row: 5 }, [0, 3]),
      ),
    ],
    right: [term("fixed", 300, 2, 1, plain(7, 1, 0, [0, 3]), plain(5, 7, 3))],
  };
  const mean = term(
    "y",
    70,
    500,
    1,
    window({ outN: 5, kernelN: 4, stride: 1, dilation: 3, pad: 5, inputN: 6, cell: 3, row: 2 }),
    plain(4, 0, 11),
  );
  return {
    name: "windows",
    logRows: 10,
    maskRows: 60,
    constrainedStart: 300,
    constrainedEnd: 607,
    shiftBits: 4,
    tables: [RAMP],
    inputs: [tensor("x", 1, 60, 1, true)],
    outputs: [tensor("y", 31, 300, 1, true, "q")],
    segments: [
      segment(300, 100, 0, 0, [], [conv]),
      segment(400, 100, 0, -3, [], [large]),
      segment(500, 107, 0, 7, [mean]),
    ],
    weights: "fixed",
    fixedLength: 400,
    fixed: new Int32Array(0),
    blocksPerColumn: 4,
    fixedColumnLength: 512,
  };
})();

/**
 * Sums that step evenly through cells and rows with coefficients of their own: a run, one that a third axis interrupts, one whose rows
 * stand still, one of two terms on a cell, one that runs backwards through the rows.
 */
const layers: Circuit = (() => {
  const steps = (count: number, cell: number, row: number, from: Term): Term[] =>
    Array.from({ length: count }, (_, l) => ({
      ...from,
      base: from.base + l * cell,
      rowBase: from.rowBase + l * row,
      coef: from.coef + (l % 2 === 0 ? l : -5 * l),
    }));
  return {
    name: "layers",
    logRows: 9,
    maskRows: 64,
    constrainedStart: 100,
    constrainedEnd: 500,
    shiftBits: 5,
    tables: [RAMP],
    inputs: [tensor("x", 36, 64, 1, true)],
    outputs: [tensor("y", 10, 490, 1, true)],
    segments: [
      segment(100, 400, 0, 0, [
        ...steps(6, 30, 40, term("y", 64, 110, 7, plain(9, 1, 1))),
        ...steps(5, 30, 40, term("y", 70, 120, -3, plain(9, 1, 1))),
        term("y", 94, 150, 11, plain(9, 1, 1)),
        ...steps(4, 12, 0, term("q", 80, 130, 2, plain(5, 2, 3))),
        ...steps(4, 10, -20, term("q", 90, 300, 1, plain(5, 2, 3))),
        ...steps(3, 8, 8, term("q", 200, 200, 9, plain(7, 1, 1))),
        ...steps(7, 1, 2, term("y", 400, 400, -8)),
        ...steps(4, 2, 3, term("fixed", 0, 420, 6, plain(2, 1, 1))),
      ]),
    ],
    weights: "fixed",
    fixedLength: 8,
    fixed: new Int32Array(0),
    blocksPerColumn: 4,
    fixedColumnLength: 512,
  };
})();

/** Several tables, tabulated and piecewise, several fixed columns, two witness columns, broadcast biases, witness products. */
const tables: Circuit = (() => {
  const tabulated = (lo: number, hi: number, fixedBase: number): Table => ({
    name: `from ${fixedBase}`,
    lo,
    hi,
    fixedBase,
  });
  const attention: Product = {
    bits: 5,
    left: [
      term("y", 90, 200, 1, plain(5, 8, 3, [0, 3]), plain(3, 1, 0, [3, 2])),
      term("q", 100, 201, 2, plain(7, 1, 0, [0, 3]), plain(1, 0, 0, [3, 2])),
    ],
    right: [term("y", 130, 4, 1, plain(6, 4, 0, [0, 3]), plain(2, 2, 1), plain(3, 1, 0, [3, 2]))],
  };
  const short: Product = {
    bits: 1,
    left: [term("y", 95, 220, 1, plain(1, 3, 2, [0, 1]))],
    right: [term("fixed", 64, 0, 1, plain(1, 1, 0, [0, 1]), plain(16, 1, 1))],
  };
  return {
    name: "tables",
    logRows: 9,
    maskRows: 66,
    constrainedStart: 200,
    constrainedEnd: 263,
    shiftBits: 6,
    tables: [tabulated(-30, 33, 0), RAMP, tabulated(0, 62, 65), FLAT, tabulated(-2, 2, 200)],
    inputs: [tensor("wide", 7, 66, 4, true, "q"), tensor("narrow", 40, 80, 2, false)],
    outputs: [tensor("last", 16, 247, 2, true), tensor("one", 9, 238, 4, false, "q")],
    segments: [
      segment(200, 20, 1, 11, [term("fixed", 129, 200, -1, plain(4, 1, 5), plain(5, 0, 1))], [attention]),
      segment(220, 1, 4, 0, [], [short]),
      segment(221, 42, 2, -9, [
        term("fixed", 140, 221, 5, plain(42, 0, 1)),
        term("y", 200, 221, -2048, plain(3, 14, 14), plain(14, 1, 1)),
        term("y", 203, 221, 2048, plain(3, 14, 14), plain(14, 1, 1)),
      ]),
    ],
    weights: "fixed",
    fixedLength: 205,
    fixed: new Int32Array(0),
    blocksPerColumn: 2,
    fixedColumnLength: 64,
  };
})();

/** No products at all, four witness columns, public tensors of every element size with and without a partial group. */
const packing: Circuit = {
  name: "packing",
  logRows: 11,
  maskRows: 70,
  constrainedStart: 1900,
  constrainedEnd: 1964,
  shiftBits: 1,
  tables: [FLAT],
  inputs: [
    tensor("bytes", 31 * 17 + 3, 70, 1, true),
    tensor("full", 62, 700, 1, false, "q"),
    tensor("halves", 15 * 8, 800, 2, true),
    tensor("words", 7 * 9 + 6, 950, 4, true, "q"),
    tensor("single", 1, 1100, 4, false),
  ],
  outputs: [tensor("unsigned", 15 + 14, 1930, 2, false)],
  segments: [segment(1900, 64, 0, 0, [term("q", 71, 1900, 9, plain(64, 3, 1))])],
  weights: "fixed",
  fixedLength: 0,
  fixed: new Int32Array(0),
  blocksPerColumn: 1,
  fixedColumnLength: 64,
};

export const FORMULA_CIRCUITS: readonly Circuit[] = [windows, layers, tables, packing];

const G1 = bn254.G1.Point;

/** A key with points of no meaning. */
export function formulaKey(circuit: Circuit, tau = 0xabcdefn, insecureSrs = true): VerifyingKey {
  const fixed = Array.from({ length: layoutOf(circuit).fixedColumns }, (_, i) =>
    G1.BASE.multiply(BigInt(i + 3)).toAffine(),
  );
  const g2 = bn254.G2.Point.BASE.multiply(tau).toAffine();
  const tauG2: TauG2 = [g2.x.c1, g2.x.c0, g2.y.c1, g2.y.c0];
  return createVerifyingKey(circuit, fixed, tauG2, insecureSrs);
}
