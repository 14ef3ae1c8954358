/**
 * Zero knowledge of everything linear that the verifier sees (docs/protocol.md, section 7).
 *
 * For fixed challenges each value in the view is a linear functional of the committed cells. A combination of view values that no
 * mask touches but some witness cell does is a leak. There is none exactly when the functionals have the same rank on the mask cells
 * as on all cells. The test computes both ranks, and shows that it would notice: without any one kind of mask the ranks differ.
 * Private weights and committed tensors are cells like any other; their commitments, which do not change from proof to proof, are part
 * of the view.
 */
import { describe, expect, test } from "vitest";
import { type Claim, claimsOf, zeroCheckPoint } from "../../core/claims.ts";
import { add, inv, mod, mul, pow, sub } from "../../core/field.ts";
import {
  BLOCKS,
  blockCell,
  circuitProducts,
  hiddenColumns,
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
import { openedColumns, sameColumn } from "../../core/opening.ts";
import { packedLength } from "../../core/packing.ts";
import { piecewiseAt } from "../../core/piecewise.ts";
import { committedColumnLength, committedTensors, preimageLength, statementBytes } from "../../core/statement.ts";
import { type ColumnId, eqAt, type WeightTerm } from "../../core/weights.ts";
import { memoryCircuit, numbers, tinyCircuit, veiledCircuit } from "../support/circuits.ts";

const SEED = 41;
const random = numbers(SEED);
/** Coefficients above the cells of a column, zero in this protocol: what a protocol could mask that hides nothing but the opening. */
const TAIL = 12;
const element = (): bigint => mod(BigInt(random(1, 2 ** 31)) ** 9n);

/** One product and a dense layer; a table of witness cells and no product; the first with private weights and committed tensors. */
const circuits = [tinyCircuit(), memoryCircuit(), veiledCircuit()];

describe.each(circuits)("the linear view of $name", (circuit) => {
  const layout = layoutOf(circuit);
  const products = circuitProducts(circuit);
  const columnLength = layout.witnessColumnLength;
  const [alpha, beta, tau, gamma, z, srsTau] = Array.from({ length: 6 }, element);
  const u = Array.from({ length: layout.logRows }, element);
  const w = zeroCheckPoint(element(), layout.logRows);

  /** Variables: the cells of every column that is not public, one column after another. */
  interface Column {
    readonly id: ColumnId;
    readonly start: number;
    readonly length: number;
  }
  const hiddenWeights = hiddenColumns(circuit);
  const lengthOf = ({ kind, index }: ColumnId): number => {
    if (kind === "witness") return columnLength + TAIL;
    if (kind === "helper") return layout.rows + TAIL;
    return kind === "fixed" ? layout.fixedColumnLength : committedColumnLength(committedTensors(circuit)[index]);
  };
  const columns: Column[] = [];
  for (const id of openedColumns(circuit)) {
    if (id.kind === "fixed" && !hiddenWeights.includes(id.index)) continue;
    const last = columns.at(-1);
    columns.push({ id, start: last === undefined ? 0 : last.start + last.length, length: lengthOf(id) });
  }
  const columnOf = (id: ColumnId): Column | undefined => columns.find((column) => sameColumn(column.id, id));
  const helperStart = columnOf({ kind: "helper", index: 0 })?.start as number;
  const weightColumns = columns.filter(({ id }) => id.kind === "fixed");
  const tensorColumns = columns.filter(({ id }) => id.kind === "committed");
  const variables = columns.reduce((sum, { length }) => sum + length, 0);

  type Functional = bigint[];
  const functional = (): Functional => new Array(variables).fill(0n);
  const witnessCell = (block: (typeof BLOCKS)[number], row: number): number => blockCell(circuit, block, row).offset;

  /** All claims, for messages of no meaning. */
  function claims(): Claim[] {
    const statement = {
      input: statementBytes(circuit.inputs, new Uint8Array(packedLength(circuit.inputs)), [null]),
      output: statementBytes(circuit.outputs, new Uint8Array(packedLength(circuit.outputs)), [null]),
      context: new Uint8Array(32),
    };
    const preimages = new Uint8Array(preimageLength(circuit));
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
    return claimsOf(circuit, { alpha, beta, tau, w, u }, zeros, statement, preimages);
  }

  /** Dense gamma-batched weights of the columns. */
  function denseWeights(): Functional {
    const weights = functional();
    let power = 1n;
    for (const claim of claims()) {
      for (const term of claim.terms) addTerm(weights, term, mul(power, term.coef));
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
    const origin = columnOf(term.column)?.start;
    if (origin === undefined) return;
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

  /** sum over the columns of scale · column(x) */
  function evaluation(x: bigint, over: readonly Column[], scale: (column: Column) => bigint = () => 1n): Functional {
    const values = functional();
    for (const column of over) {
      let power = scale(column);
      for (let i = 0; i < column.length; i++, power = mul(power, x)) values[column.start + i] = power;
    }
    return values;
  }

  function laurentQuotientAt(weights: Functional, x: bigint): Functional {
    const values = functional();
    for (const { start, length } of columns) {
      const weight = (i: number): bigint => (i >= 0 && i < length ? weights[start + i] : 0n);
      for (let i = 0; i < length; i++) {
        let sum = 0n;
        for (let k = length; k >= 1; k--) sum = add(mul(sum, x), add(weight(i - k), weight(i + k)));
        values[start + i] = sum;
      }
    }
    return values;
  }

  const commitment = (column: Column): Functional => evaluation(srsTau, [column]);
  /** Commitments that all proofs about the same weights and tensors share. */
  const lasting = [...weightColumns, ...tensorColumns].map(commitment);

  /** What one proof shows besides. */
  function view(): Functional[] {
    const weights = denseWeights();
    const zInverse = inv(z);
    const columnWeight =
      (x: bigint) =>
      ({ start, length }: Column): bigint =>
        weights.slice(start, start + length).reduceRight((sum, value) => add(mul(sum, x), value), 0n);
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
    // Round messages, the sum and operands also hold parts of witness and weights; any cells of them stand for these.
    const hidden = (mask: Functional, cell: number): Functional =>
      weightColumns.reduce((values, { start }) => values.with(start + 1, element()), mask.with(cell, element()));
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
      ...columns.filter(({ id }) => id.kind === "witness" || id.kind === "helper").map(commitment),
      evaluation(z, columns, columnWeight(zInverse)),
      evaluation(zInverse, columns, columnWeight(z)),
      laurentQuotientAt(weights, z),
      laurentQuotientAt(weights, srsTau),
    ];
  }

  type MaskKind =
    | "lookup rows"
    | "zero-check rounds"
    | "product rounds"
    | "sum"
    | "operand"
    | "value column"
    | "blinding of weights"
    | "blinding of tensors";

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
      "blinding of weights": weightColumns.map(({ start, length }) => one(start + length - 1)),
      "blinding of tensors": tensorColumns.map(({ start, id }) =>
        one(start + committedTensors(circuit)[id.index].count),
      ),
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

  const ofProof = view();
  const functionals = [...ofProof, ...lasting];
  const masks = maskDirections();
  const along = (values: Functional, direction: Map<number, bigint>): bigint =>
    [...direction].reduce((sum, [cell, scale]) => add(sum, mul(values[cell], scale)), 0n);
  const alongMasks = (kinds: readonly MaskKind[], directions = masks, over = functionals): bigint[][] =>
    over.map((values) => kinds.flatMap((kind) => directions[kind].map((direction) => along(values, direction))));
  const kinds = (Object.keys(masks) as MaskKind[]).filter((kind) => masks[kind].length > 0);

  test("is re-randomised by the masks", () => {
    expect(rank(alongMasks(kinds))).toBe(rank(functionals));
    expect(rank(functionals)).toBe(functionals.length);
  });

  test.each(kinds)("is not when the masks leave out: %s", (left) => {
    expect(rank(alongMasks(kinds.filter((kind) => kind !== left)))).toBeLessThan(functionals.length);
  });

  test("is not by masks on the tail only, nor by the tail in place of the lookup rows", () => {
    const masked = columns.filter(({ id }) => id.kind === "witness" || id.kind === "helper");
    const tail = masked.flatMap(({ start, length }) =>
      Array.from({ length: TAIL }, (_, i) => new Map([[start + length - 1 - i, 1n]])),
    );
    const alongTail = functionals.map((values) => tail.map((direction) => along(values, direction)));
    expect(rank(alongTail)).toBeGreaterThan(masked.length);
    expect(rank(alongTail)).toBeLessThan(functionals.length);
    const others = alongMasks(kinds.filter((kind) => kind !== "lookup rows"));
    expect(rank(others.map((row, i) => [...row, ...alongTail[i]]))).toBeLessThan(functionals.length);
  });

  test("needs each single mask but the spare lookup rows", () => {
    const fewest = maskDirections(3);
    const single = kinds.filter((kind) => kind !== "lookup rows");
    expect(rank(alongMasks(kinds, fewest))).toBe(functionals.length);
    for (const kind of single) {
      for (const [index] of fewest[kind].entries()) {
        const without = { ...fewest, [kind]: fewest[kind].toSpliced(index, 1) };
        expect(rank(alongMasks(kinds, without)), `without ${kind} ${index}`).toBeLessThan(functionals.length);
      }
    }
  });

  test("of every further proof about the same weights and tensors is re-randomised by its own masks", () => {
    const own = kinds.filter((kind) => !kind.startsWith("blinding"));
    expect(rank(alongMasks(own, masks, ofProof))).toBe(ofProof.length);
  });

  test("needs three of the eight lookup rows", () => {
    expect(rank(alongMasks(kinds, maskDirections(3)))).toBe(functionals.length);
    expect(rank(alongMasks(kinds, maskDirections(2)))).toBeLessThan(functionals.length);
  });
});
