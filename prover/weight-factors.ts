/**
 * Transforms of structured weights, without the coefficients.
 *
 * What a term weighs is a product over its axes (`core/weights.ts`), and so is its value at the points w^j of a transform of length
 * n. An axis that moves by multiples of 2^s is a polynomial in X^(2^s), whose values repeat after n / 2^s points:
 *
 *     term(w^j) = inner(w^j) · outer(w^(2^s (j mod n / 2^s)))
 *
 * `outer` takes a transform 2^s times shorter and one multiplication per point. `inner`, the axes of small stride, is one row of a
 * matrix of weights: the same for all columns that the matrix fills, and for all matrices with rows of that shape, so it is
 * transformed once.
 */
import type { WeightAxis, WeightPlainAxis, WeightTerm } from "../core/weights.ts";
import type { Engine, FrVec } from "../kernels/engine.ts";
import { addTerms, type ScaledTerm, type WeightTables } from "./weights.ts";

export interface TermColumn {
  /** Cells, a power of two; transforms are twice as long. */
  readonly length: number;
  readonly terms: readonly ScaledTerm[];
}

/** Columns whose weights have the factor `inner`, each with the other factors of its terms. */
export interface InnerGroup<Column extends TermColumn> {
  readonly length: number;
  readonly inner: WeightTerm;
  /** Points after which `outer` repeats. */
  readonly period: number;
  readonly columns: Map<Column, ScaledTerm[]>;
}

interface Factors {
  readonly inner: WeightTerm;
  readonly outer: WeightTerm;
  readonly period: number;
}

/** With a shorter period, the products of one period would be too small to share among threads. */
const LEAST_PERIOD = 2 ** 15;
const LEAST_SHIFT = 2;
/** Cost of the product with `outer`, in transforms. */
const PRODUCT_COST = 0.1;

/** The columns whose terms all have both factors, where using them takes less than a transform of the column's weights. */
export function groupByInner<Column extends TermColumn>(columns: readonly Column[]): InnerGroup<Column>[] {
  const candidates = keyed(
    columns.filter(({ length, terms }) => terms.every(({ term }) => factorsOf(term, 2 * length))),
  );
  const chosen = [...new Set([...candidates.values()].flatMap((group) => [...group.columns.keys()]))].filter(
    (column) => {
      const groups = [...candidates.values()].filter((group) => group.columns.has(column));
      const cost = groups.reduce(
        (sum, group) => sum + group.period / (2 * group.length) + PRODUCT_COST + 1 / group.columns.size,
        0,
      );
      return cost < 1;
    },
  );
  return [...keyed(chosen).values()];
}

function keyed<Column extends TermColumn>(columns: readonly Column[]): Map<string, InnerGroup<Column>> {
  const groups = new Map<string, InnerGroup<Column>>();
  for (const column of columns) {
    for (const { term, scale } of column.terms) {
      const { inner, outer, period } = factorsOf(term, 2 * column.length) as Factors;
      const key = JSON.stringify([column.length, period, inner.offset, inner.axes]);
      const group = groups.get(key) ?? { length: column.length, inner, period, columns: new Map() };
      groups.set(key, group);
      group.columns.set(column, [...(group.columns.get(column) ?? []), { term: outer, scale }]);
    }
  }
  return groups;
}

function factorsOf(term: WeightTerm, transformLength: number): Factors | undefined {
  const axes = term.axes.filter(isFactor);
  const shifts = axes.map(({ cell }) => trailingZeros(cell)).filter((shift) => shift >= LEAST_SHIFT);
  const shift = Math.min(Math.max(LEAST_SHIFT, Math.log2(transformLength / LEAST_PERIOD)), ...shifts);
  const unit = 2 ** shift;
  const low = axes.filter(({ cell }) => cell % unit !== 0);
  // A table of eq values is read by the indices of all its variables, so they stay on one side.
  const onVariables = low.some(({ vars }) => vars !== undefined);
  const isInner = (axis: WeightPlainAxis): boolean => low.includes(axis) || (onVariables && axis.vars !== undefined);
  const outer = axes.filter((axis) => !isInner(axis));
  const hasBoth = low.length > 0 && outer.some(({ cell }) => cell !== 0);
  if (axes.length < term.axes.length || !hasBoth || transformLength / unit < 64) return undefined;
  return {
    inner: { ...term, offset: term.offset % unit, coef: 1n, tauPower: 0, axes: axes.filter(isInner) },
    outer: {
      ...term,
      offset: Math.floor(term.offset / unit),
      axes: outer.map((axis) => ({ ...axis, cell: axis.cell / unit })),
    },
    period: transformLength / unit,
  };
}

function isFactor(axis: WeightAxis): axis is WeightPlainAxis {
  return axis.kind === "plain" && axis.base === undefined && axis.first === undefined;
}

/** 0 for 0: such an axis moves no cell. */
function trailingZeros(value: number): number {
  return value === 0 ? 0 : 31 - Math.clz32(value & -value);
}

/** Values of the terms' sum at the points of a transform of `length`. */
export function termsTransform(
  engine: Engine,
  terms: readonly ScaledTerm[],
  length: number,
  tables: WeightTables,
): FrVec {
  const values = engine.frVec(length, true);
  addTerms(engine, values, terms, tables);
  engine.ntt(values);
  return values;
}

/** W at the points of the column's transform, from that of the inner factor. */
export function factoredTransform(
  engine: Engine,
  inner: FrVec,
  outers: readonly ScaledTerm[],
  period: number,
  tables: WeightTables,
): FrVec {
  const values = engine.frVec(inner.length);
  const mark = engine.mark();
  const outer = termsTransform(engine, outers, period, tables);
  for (let start = 0; start < inner.length; start += period) {
    engine.mul(engine.slice(values, start, period), engine.slice(inner, start, period), outer);
  }
  engine.release(mark);
  return values;
}
