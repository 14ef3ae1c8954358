/**
 * Values of structured weights at the points of a coset (`cosets.ts`), without the coefficients.
 *
 * What a term weighs is a product over its axes (`core/weights.ts`), and so is its value at a point. An axis that moves by multiples
 * of 2^s is a polynomial in X^(2^s), whose values repeat after n / 2^s of the n points of a coset:
 *
 *     term(x) = inner(x) · outer(x^(2^s))
 *
 * `outer` takes a transform 2^s times shorter and one multiplication per point. `inner`, the axes of small stride, is one row of a
 * matrix of weights: the same for all columns that the matrix fills, and for all matrices with rows of that shape, so it is
 * transformed once.
 */
import type { WeightAxis, WeightPlainAxis, WeightTerm } from "../core/weights.ts";
import type { ScaledTerm } from "./weights.ts";

export interface TermColumn {
  /** Cells, a power of two; values are taken at twice as many points. */
  readonly length: number;
  readonly terms: readonly ScaledTerm[];
}

/** Columns whose weights have the factor `inner`, each with the other factors of its terms. */
export interface InnerGroup<Column extends TermColumn> {
  readonly length: number;
  readonly inner: WeightTerm;
  /** 2^s */
  readonly unit: number;
  readonly columns: Map<Column, ScaledTerm[]>;
}

interface Factors {
  readonly inner: WeightTerm;
  readonly outer: WeightTerm;
  readonly unit: number;
}

/** Points after which `outer` repeats, over all cosets: less saves nothing more. */
const LEAST_PERIOD = 2 ** 12;
/** `outer` fills blocks of eight on each of up to eight cosets. */
const SHORTEST_PERIOD = 64;
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
      const cost = groups.reduce((sum, group) => sum + 1 / group.unit + PRODUCT_COST + 1 / group.columns.size, 0);
      return cost < 1;
    },
  );
  return [...keyed(chosen).values()];
}

function keyed<Column extends TermColumn>(columns: readonly Column[]): Map<string, InnerGroup<Column>> {
  const groups = new Map<string, InnerGroup<Column>>();
  for (const column of columns) {
    for (const { term, scale } of column.terms) {
      const { inner, outer, unit } = factorsOf(term, 2 * column.length) as Factors;
      const key = JSON.stringify([column.length, unit, inner.offset, inner.axes]);
      const group = groups.get(key) ?? { length: column.length, inner, unit, columns: new Map() };
      groups.set(key, group);
      group.columns.set(column, [...(group.columns.get(column) ?? []), { term: outer, scale }]);
    }
  }
  return groups;
}

function factorsOf(term: WeightTerm, points: number): Factors | undefined {
  const axes = term.axes.filter(isFactor);
  const shifts = axes.map(({ cell }) => trailingZeros(cell)).filter((shift) => shift >= LEAST_SHIFT);
  const shift = Math.min(Math.max(LEAST_SHIFT, Math.log2(points / LEAST_PERIOD)), ...shifts);
  const unit = 2 ** shift;
  const low = axes.filter(({ cell }) => cell % unit !== 0);
  // A table of eq values is read by the indices of all its variables, so they stay on one side.
  const onVariables = low.some(({ vars }) => vars !== undefined);
  const isInner = (axis: WeightPlainAxis): boolean => low.includes(axis) || (onVariables && axis.vars !== undefined);
  const outer = axes.filter((axis) => !isInner(axis));
  const hasBoth = low.length > 0 && outer.some(({ cell }) => cell !== 0);
  if (axes.length < term.axes.length || !hasBoth || points / unit < SHORTEST_PERIOD) return undefined;
  return {
    inner: { ...term, offset: term.offset % unit, coef: 1n, tauPower: 0, axes: axes.filter(isInner) },
    outer: {
      ...term,
      offset: Math.floor(term.offset / unit),
      axes: outer.map((axis) => ({ ...axis, cell: axis.cell / unit })),
    },
    unit,
  };
}

function isFactor(axis: WeightAxis): axis is WeightPlainAxis {
  return axis.kind === "plain" && axis.base === undefined && axis.first === undefined;
}

/** 0 for 0: such an axis moves no cell. */
function trailingZeros(value: number): number {
  return value === 0 ? 0 : 31 - Math.clz32(value & -value);
}
