/**
 * Zero knowledge of everything linear that the verifier sees (docs/protocol.md, section 7).
 *
 * For fixed challenges each value in the view is a linear functional of the committed cells. A combination of view values that no
 * mask touches but some witness cell does is a leak. There is none exactly when the functionals have the same rank on the mask cells
 * as on all cells. The test computes both ranks, and shows that it would notice: without any one kind of mask the ranks differ.
 */
import { describe, expect, test } from "vitest";
import { type Claim, claimsOf, zeroCheckPoint } from "../../core/claims.ts";
import { add, inv, mod, mul, pow, sub } from "../../core/field.ts";
import {
  BLOCKS,
  blockCell,
  circuitProducts,
  LOOKUP_MASK_ROWS,
  layoutOf,
  operandMaskRow,
  PRODUCT_DEGREE,
  productMaskRow,
  readsMemory,
  sumMaskRow,
  valueMaskRow,
  ZERO_CHECK_DEGREE,
  zeroCheckMaskRow,
} from "../../core/layout.ts";
import { tableFunctions, VALUE_MASK_TABLE_ROW } from "../../core/lookup.ts";
import { packedLength } from "../../core/packing.ts";
import { piecewiseAt } from "../../core/piecewise.ts";
import { eqAt, type WeightTerm } from "../../core/weights.ts";
import { memoryCircuit, numbers, tinyCircuit } from "../support/circuits.ts";

const SEED = 41;
const random = numbers(SEED);
const element = (): bigint => mod(BigInt(random(1, 2 ** 31)) ** 9n);

/** One product and a dense layer; a table of witness cells and no product. */
const circuits = [tinyCircuit(), memoryCircuit()];

describe.each(circuits)("the linear view of $name", (circuit) => {
  const layout = layoutOf(circuit);
  const products = circuitProducts(circuit);
  const columnLength = layout.witnessColumnLength;
  const [alpha, beta, tau, gamma, z, srsTau] = Array.from({ length: 6 }, element);
  const u = Array.from({ length: layout.logRows }, element);
  const w = zeroCheckPoint(element(), layout.logRows);

  /** Variables: the witness column, then the helper column. */
  const helperStart = columnLength;
  const variables = helperStart + layout.rows;

  type Functional = bigint[];
  const functional = (): Functional => new Array(variables).fill(0n);
  const witnessCell = (block: (typeof BLOCKS)[number], row: number): number => blockCell(circuit, block, row).offset;

  /** All claims, for messages of no meaning. */
  function claims(): Claim[] {
    const statement = {
      input: new Uint8Array(packedLength(circuit.inputs)),
      output: new Uint8Array(packedLength(circuit.outputs)),
      context: new Uint8Array(32),
    };
    const zeros = {
      sum: 0n,
      zeroCheckClaim: 0n,
      productClaim: 0n,
      q: 0n,
      y: 0n,
      rem: 0n,
      m: 0n,
      h: 0n,
      table: 0n,
      operands: products.map(element),
    };
    return claimsOf(circuit, { alpha, beta, tau, w, u }, zeros, statement);
  }

  /** Dense gamma-batched weights of the witness column and the helper column. */
  function denseWeights(): Functional {
    const weights = functional();
    let power = 1n;
    for (const claim of claims()) {
      for (const term of claim.terms) if (term.column.kind !== "fixed") addTerm(weights, term, mul(power, term.coef));
      power = mul(power, gamma);
    }
    return weights;
  }

  /** The sent evaluation of the lookup's value column, where it is committed. */
  function valueColumn(): Functional[] {
    if (!readsMemory(circuit)) return [];
    const values = functional();
    for (const { name, terms } of claims())
      if (name === "table") for (const term of terms) addTerm(values, term, term.coef);
    return [values];
  }

  function addTerm(weights: Functional, term: WeightTerm, scale: bigint): void {
    const origin = term.column.kind === "helper" ? helperStart : 0;
    const walk = (depth: number, cell: number, value: bigint): void => {
      if (depth === term.axes.length) {
        weights[origin + cell] = add(weights[origin + cell], value);
        return;
      }
      const axis = term.axes[depth];
      if (axis.kind !== "plain") throw new Error("the tiny circuit has plain axes");
      const ratio = mul(pow(tau, axis.row), axis.base ?? 1n);
      for (let j = 0, power = value; j < axis.n; j++, power = mul(power, ratio)) {
        const eq = axis.vars ? eqAt(u.slice(axis.vars.first, axis.vars.first + axis.vars.count), j) : 1n;
        walk(depth + 1, cell + j * axis.cell, mul(power, eq));
      }
    };
    walk(0, term.offset, mul(scale, pow(tau, term.tauPower)));
  }

  /** x^i of a cell's degree in its own column. */
  function evaluation(
    x: bigint,
    of: "witness" | "helper" | "both",
    scale: (cell: number) => bigint = () => 1n,
  ): Functional {
    const values = functional();
    const fill = (start: number, length: number): void => {
      for (let i = 0, power = 1n; i < length; i++, power = mul(power, x)) values[start + i] = mul(power, scale(start));
    };
    if (of !== "helper") fill(0, helperStart);
    if (of !== "witness") fill(helperStart, layout.rows);
    return values;
  }

  function laurentQuotientAt(weights: Functional, x: bigint): Functional {
    const values = functional();
    const column = (start: number, length: number, weighted: number): void => {
      const weight = (i: number): bigint => (i >= 0 && i < weighted ? weights[start + i] : 0n);
      for (let i = 0; i < length; i++) {
        let sum = 0n;
        for (let k = length; k >= 1; k--) sum = add(mul(sum, x), add(weight(i - k), weight(i + k)));
        values[start + i] = sum;
      }
    };
    column(0, helperStart, columnLength);
    column(helperStart, layout.rows, layout.rows);
    return values;
  }

  function view(): Functional[] {
    const weights = denseWeights();
    const weightAt = (start: number, length: number, x: bigint): bigint =>
      weights.slice(start, start + length).reduceRight((sum, value) => add(mul(sum, x), value), 0n);
    const zInverse = inv(z);
    const columnWeight = (x: bigint) => (start: number) =>
      start === 0 ? weightAt(0, columnLength, x) : weightAt(helperStart, layout.rows, x);
    const single = (cell: number): Functional => functional().with(cell, 1n);
    const atPoint = (start: number): Functional => {
      const values = functional();
      for (let i = 0; i < layout.rows; i++) values[start + i] = eqAt(u, i);
      return values;
    };
    const roundMasks = Array.from({ length: layout.logRows }, (_, j) =>
      Array.from({ length: ZERO_CHECK_DEGREE }, (_, k) => single(witnessCell("q", zeroCheckMaskRow(j, k + 1)))),
    ).flat();
    const productMasks = Array.from({ length: layout.productBits }, (_, j) =>
      Array.from({ length: PRODUCT_DEGREE }, (_, k) =>
        single(witnessCell("q", productMaskRow(layout.logRows, j, k + 1))),
      ),
    ).flat();
    // Round messages, the sum and operands also hold witness parts; any cell of the witness stands for them.
    const hidden = (mask: Functional, cell: number): Functional => mask.with(cell, element());
    const row = circuit.constrainedStart;
    return [
      ...roundMasks.map((mask) => hidden(mask, witnessCell("q", row))),
      ...productMasks.map((mask) => hidden(mask, witnessCell("y", row))),
      hidden(single(witnessCell("q", sumMaskRow(layout))), witnessCell("rem", row)),
      ...products.map((_, i) =>
        hidden(single(witnessCell("y", operandMaskRow(i))), witnessCell("y", circuit.maskRows)),
      ),
      ...valueColumn(),
      ...BLOCKS.map((block) => atPoint(witnessCell(block, 0))),
      atPoint(helperStart),
      evaluation(srsTau, "witness"),
      evaluation(srsTau, "helper"),
      evaluation(z, "both", columnWeight(zInverse)),
      evaluation(zInverse, "both", columnWeight(z)),
      laurentQuotientAt(weights, z),
      laurentQuotientAt(weights, srsTau),
    ];
  }

  type MaskKind = "lookup rows" | "zero-check rounds" | "product rounds" | "sum" | "operand" | "value column";

  /**
   * Directions in which each kind of mask moves the cells. A masked m moves h of its row along; where the value column's mask moves
   * phiT, m of that row moves along and h stays.
   */
  function maskDirections(lookupMaskRows = LOOKUP_MASK_ROWS): Record<MaskKind, Map<number, bigint>[]> {
    const one = (cell: number): Map<number, bigint> => new Map([[cell, 1n]]);
    const rows = Array.from({ length: lookupMaskRows }, (_, row) => row);
    const key = tableFunctions(circuit).key;
    const lookupRows = rows.flatMap((row) => {
      const phiT = add(alpha, mod(BigInt(piecewiseAt(key, row))));
      const m = new Map([
        [witnessCell("m", row), 1n],
        [helperStart + row, sub(0n, inv(phiT))],
      ]);
      return [...(["q", "y", "rem"] as const).map((block) => one(witnessCell(block, row))), m];
    });
    const range = (from: number, count: number): Map<number, bigint>[] =>
      Array.from({ length: count }, (_, i) => one(witnessCell("q", from + i)));
    return {
      "lookup rows": lookupRows,
      "zero-check rounds": range(zeroCheckMaskRow(0, 1), ZERO_CHECK_DEGREE * layout.logRows),
      "product rounds": range(productMaskRow(layout.logRows, 0, 1), PRODUCT_DEGREE * layout.productBits),
      sum: range(sumMaskRow(layout), 1),
      operand: products.map((_, i) => one(witnessCell("y", operandMaskRow(i)))),
      "value column": readsMemory(circuit)
        ? [
            new Map([
              [witnessCell("y", valueMaskRow(circuit)), 1n],
              [witnessCell("m", VALUE_MASK_TABLE_ROW), element()],
            ]),
          ]
        : [],
    };
  }

  function rank(matrix: bigint[][]): number {
    const rows = matrix.map((row) => row.slice());
    let found = 0;
    for (let column = 0; column < (rows[0]?.length ?? 0) && found < rows.length; column++) {
      const pivot = rows.findIndex((row, i) => i >= found && row[column] !== 0n);
      if (pivot < 0) continue;
      [rows[found], rows[pivot]] = [rows[pivot], rows[found]];
      const scale = inv(rows[found][column]);
      for (let i = found + 1; i < rows.length; i++) {
        if (rows[i][column] === 0n) continue;
        const factor = mul(rows[i][column], scale);
        for (let j = column; j < rows[i].length; j++) rows[i][j] = sub(rows[i][j], mul(factor, rows[found][j]));
      }
      found++;
    }
    return found;
  }

  const functionals = view();
  const masks = maskDirections();
  const along = (values: Functional, direction: Map<number, bigint>): bigint =>
    [...direction].reduce((sum, [cell, scale]) => add(sum, mul(values[cell], scale)), 0n);
  const alongMasks = (kinds: readonly MaskKind[], directions = masks): bigint[][] =>
    functionals.map((values) => kinds.flatMap((kind) => directions[kind].map((direction) => along(values, direction))));
  const kinds = (Object.keys(masks) as MaskKind[]).filter((kind) => masks[kind].length > 0);

  test("is re-randomised by the masks", () => {
    expect(rank(alongMasks(kinds))).toBe(rank(functionals));
    expect(rank(functionals)).toBe(functionals.length);
  });

  test.each(kinds)("is not when the masks leave out: %s", (left) => {
    expect(rank(alongMasks(kinds.filter((kind) => kind !== left)))).toBeLessThan(functionals.length);
  });

  test("needs three of the eight lookup rows", () => {
    expect(rank(alongMasks(kinds, maskDirections(3)))).toBe(functionals.length);
    expect(rank(alongMasks(kinds, maskDirections(2)))).toBeLessThan(functionals.length);
  });
});
