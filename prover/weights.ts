/**
 * Writes out the weight terms of all claims on a column (`core/weights.ts` defines what a term weighs).
 *
 * Each cell of a term carries coef · tau^rows · e, where e comes from a small table: eq of the sumcheck point over the term's
 * variables, or powers of a constant. Windows reach a cell several times; each pass adds to every cell at most once.
 */

import type { Claim } from "../core/claims.ts";
import { add, mul, pow } from "../core/field.ts";
import { sameColumn } from "../core/opening.ts";
import {
  type ColumnId,
  geometricSum,
  type WeightAxis,
  type WeightPlainAxis,
  type WeightPoint,
  type WeightTerm,
  weightAt,
} from "../core/weights.ts";
import type { Engine, FrVec } from "../kernels/engine.ts";
import { MissingTableError } from "./errors.ts";

export interface WeightTables extends WeightPoint {
  /** tau^i for every row. */
  readonly tauPowers: FrVec;
  /** eq(u[0..bits), ·) */
  readonly eq: (bits: number) => FrVec;
  /** Index lists of an earlier term, to be written over: lists of their own would be garbage faster than it is collected. */
  readonly spare: Layer[];
}

/** eq(u[0..bits), ·) for each of `sizes` bits. */
export function eqTables(engine: Engine, u: readonly bigint[], sizes: Iterable<number>): (bits: number) => FrVec {
  const tables = new Map<number, FrVec>();
  for (const bits of new Set(sizes)) {
    const table = engine.frVec(2 ** bits);
    engine.eqTable(table, u.slice(0, bits));
    tables.set(bits, table);
  }
  return (bits) => {
    const table = tables.get(bits);
    if (!table) {
      throw new MissingTableError("no eq table of that size was made", {
        expected: `one of ${[...tables.keys()].join(", ")} variables`,
        got: String(bits),
        remedy: "this is a fault in Gavel: report it with the circuit",
      });
    }
    return table;
  };
}

/** Tables for writing the terms out; u has as many variables as the rows. */
export function weightTables(engine: Engine, point: WeightPoint, terms: readonly ScaledTerm[]): WeightTables {
  const tauPowers = engine.frVec(2 ** point.u.length);
  engine.powers(tauPowers, point.tau);
  const bits = terms.map(({ term }) => variablesOf(term)).filter((count) => count > 0);
  return { ...point, tauPowers, eq: eqTables(engine, point.u, bits), spare: [] };
}

/** A term with everything that multiplies it: the coefficient and the power of gamma. */
export interface ScaledTerm {
  readonly term: WeightTerm;
  readonly scale: bigint;
}

/** The terms of all claims on one column. */
export function columnTerms(claims: readonly Claim[], column: ColumnId, gamma: bigint): ScaledTerm[] {
  const terms: ScaledTerm[] = [];
  let power = 1n;
  for (const claim of claims) {
    for (const term of claim.terms)
      if (sameColumn(term.column, column)) terms.push({ term, scale: mul(power, term.coef) });
    power = mul(power, gamma);
  }
  return terms;
}

/** Adds what the terms weigh to a vector that reaches past every cell of theirs. */
export function addTerms(engine: Engine, weights: FrVec, terms: readonly ScaledTerm[], tables: WeightTables): void {
  const single = new Map<number, bigint>();
  for (const { term, scale } of terms) {
    if (term.axes.length === 0) {
      const value = mul(scale, pow(tables.tau, term.tauPower));
      single.set(term.offset, add(single.get(term.offset) ?? 0n, value));
      continue;
    }
    const mark = engine.mark();
    addTerm(engine, weights, term, scale, tables);
    engine.release(mark);
  }
  for (const [offset, value] of single) engine.write(weights, offset, [add(engine.read(weights, offset, 1)[0], value)]);
}

/** W_f(x) by the closed forms of the axes. */
export function weightsAt(terms: readonly ScaledTerm[], point: WeightPoint, x: bigint): bigint {
  return terms.reduce((sum, { term, scale }) => add(sum, weightAt({ ...term, coef: scale }, point, x)), 0n);
}

/** Adds what a term weighs to each cell it reaches. */
function addTerm(engine: Engine, weights: FrVec, term: WeightTerm, scale: bigint, tables: WeightTables): void {
  if (isWholeEq(term, weights)) {
    const [axis] = term.axes as [WeightPlainAxis];
    const target = engine.slice(weights, term.offset, axis.n);
    engine.linear(target, 0n, [
      { scale: 1n, source: target },
      { scale, source: tables.eq(axis.vars?.count ?? 0) },
    ]);
    return;
  }
  const values = valueTable(engine, term, tables);
  const repeated = term.axes
    .filter((axis): axis is WeightPlainAxis => isBroadcast(axis))
    .reduce((product, { n, row }) => mul(product, geometricSum(pow(tables.tau, row), n)), scale);
  const start = term.offset - (term.offset % 8);
  const length = endOf(term) - start;
  for (const { rows, values: valueAt } of layersOf(term, start, length, tables.spare)) {
    const mark = engine.mark();
    const target = engine.slice(weights, start, length);
    engine.gatherMulAdd(target, tables.tauPowers, engine.intVec(rows), values, engine.intVec(valueAt), repeated);
    engine.release(mark);
  }
}

function isWholeEq(term: WeightTerm, weights: FrVec): boolean {
  const axis = term.axes[0];
  if (term.axes.length !== 1 || axis.kind !== "plain" || !axis.vars || axis.vars.first !== 0) return false;
  const whole = axis.n === 2 ** axis.vars.count && axis.cell === 1 && axis.row === 0 && !axis.base && !axis.first;
  return whole && term.tauPower === 0 && axis.n >= 8 && term.offset % 8 === 0 && term.offset + axis.n <= weights.length;
}

/** Variables of the eq table that the term reads; 0 if it reads none. */
function variablesOf({ axes }: WeightTerm): number {
  return axes.reduce((most, axis) => Math.max(most, axis.vars ? axis.vars.first + axis.vars.count : 0), 0);
}

/** The table that e is read from. */
function valueTable(engine: Engine, term: WeightTerm, tables: WeightTables): FrVec {
  const bits = variablesOf(term);
  if (bits > 0) return tables.eq(bits);
  const powers = term.axes.find((axis): axis is WeightPlainAxis => axis.kind === "plain" && axis.base !== undefined);
  const values = engine.frVec(powers?.n ?? 1);
  engine.powers(values, powers?.base ?? 1n);
  return values;
}

/** Index lists for one pass over a span of cells: no cell twice, -1 where the pass has none. */
interface Layer {
  readonly rows: Int32Array;
  readonly values: Int32Array;
}

/** Cells reached by several indices of the box go to as many layers. */
function layersOf(term: WeightTerm, start: number, length: number, spare: Layer[]): Layer[] {
  const layers: Layer[] = [];
  const moving = term.axes.filter((axis) => !isBroadcast(axis)).sort((a, b) => sizeOf(a) - sizeOf(b));
  const hits = mayOverlap(moving) ? new Uint16Array(length) : undefined;
  const layer = (depth: number): Layer => {
    if (depth === layers.length) layers.push(emptyLayer(spare, depth, length));
    return layers[depth];
  };
  /** `count` indices in a row, each one step further. */
  const addRun = (at: BoxIndex, step: BoxIndex, count: number): void => {
    let { row, value } = at;
    for (
      let position = at.cell - start;
      count > 0;
      count--, position += step.cell, row += step.row, value += step.value
    ) {
      const { rows, values } = layer(hits ? hits[position]++ : 0);
      rows[position] = row;
      values[position] = value;
    }
  };
  const walk = (depth: number, { cell, row, value }: BoxIndex): void => {
    const axis = moving[depth];
    if (axis === undefined) {
      addRun({ cell, row, value }, { cell: 0, row: 0, value: 0 }, 1);
      return;
    }
    const isLast = depth === moving.length - 1;
    const go = (at: BoxIndex, step: BoxIndex, count: number): void => {
      if (isLast) {
        addRun(at, step, count);
        return;
      }
      for (let j = 0; j < count; j++) {
        walk(depth + 1, {
          cell: at.cell + j * step.cell,
          row: at.row + j * step.row,
          value: at.value + j * step.value,
        });
      }
    };
    const unit = axis.vars ? 2 ** axis.vars.first : 0;
    if (axis.kind === "plain") {
      const step = { cell: axis.cell, row: axis.row, value: axis.base === undefined ? unit : 1 };
      go({ cell, row, value: value + (axis.first ?? 0) * unit }, step, axis.n);
      return;
    }
    const step = { cell: axis.dilation * axis.cell, row: 0, value: unit };
    for (let o = 0; o < axis.outN; o++) {
      const corner = axis.stride * o - axis.pad;
      const first = Math.max(0, Math.ceil(-corner / axis.dilation));
      const end = Math.min(axis.kernelN, Math.ceil((axis.inputN - corner) / axis.dilation));
      const i = corner + axis.dilation * first;
      const at = { cell: cell + i * axis.cell, row: row + o * axis.row, value: value + first * unit };
      if (end > first) go(at, step, end - first);
    }
  };
  walk(0, { cell: term.offset, row: term.tauPower, value: 0 });
  return layers;
}

/** Layer `depth` of no cells, in the arrays of the spare one if they are long enough. */
function emptyLayer(spare: Layer[], depth: number, length: number): Layer {
  if (depth >= spare.length || spare[depth].rows.length < length) {
    spare[depth] = { rows: new Int32Array(length), values: new Int32Array(length) };
  }
  const { rows, values } = spare[depth];
  return { rows: rows.subarray(0, length).fill(-1), values: values.subarray(0, length).fill(0) };
}

/** Where an index of a box points: a cell, a row, an entry of the table of values. Or how far one step goes. */
interface BoxIndex {
  readonly cell: number;
  readonly row: number;
  readonly value: number;
}

const sizeOf = (axis: WeightAxis): number => (axis.kind === "plain" ? axis.n : axis.kernelN);

/** False only where every index has a cell of its own. */
function mayOverlap(axes: readonly WeightAxis[]): boolean {
  let reach = 0;
  for (const axis of axes.toSorted((a, b) => a.cell - b.cell)) {
    if (axis.kind !== "plain" || (axis.n > 1 && axis.cell <= reach)) return true;
    reach += (axis.n - 1) * axis.cell;
  }
  return false;
}

/** An axis that moves no cell multiplies every weight by the same sum. */
function isBroadcast(axis: WeightAxis): boolean {
  return axis.kind === "plain" && axis.cell === 0 && !axis.vars && axis.base === undefined;
}

/** One past the largest offset of the term. */
export function endOf(term: WeightTerm): number {
  return term.axes.reduce(
    (end, axis) => end + ((axis.kind === "plain" ? axis.n : axis.inputN) - 1) * axis.cell,
    term.offset + 1,
  );
}
