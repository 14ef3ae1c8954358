/**
 * Views: how a tensor reads cells of earlier rows.
 *
 * An element of a view is the sum over its terms of coef · cell, and a cell is found axis by axis: along axis a, index j reads a term
 * only when from <= j < from + extent, and j - from, split into the digits of the axis (row-major, sizes n), moves the cell by
 * digit·stride. An element that no term covers is 0. Reshapes, transposes, slices, broadcasts, concatenations and sums of views
 * are views again, so they cost no rows.
 */

import type { Extent } from "../3-quantize/bounds.ts";
import { sizeOf } from "../tensor.ts";
import type { Cells } from "./draft.ts";

export interface Digit {
  readonly n: number;
  readonly stride: number;
}

export interface ViewAxis {
  readonly from: number;
  /** Empty for one cell. */
  readonly digits: readonly Digit[];
}

export interface ViewTerm {
  readonly cells: Cells;
  readonly base: number;
  readonly coef: number;
  readonly axes: readonly ViewAxis[];
}

export interface View extends Extent {
  readonly shape: readonly number[];
  readonly terms: readonly ViewTerm[];
}

export function extentOfAxis({ digits }: ViewAxis): number {
  return digits.reduce((n, digit) => n * digit.n, 1);
}

/** A tensor that stands in rows of its own, row-major from row `base`. */
export function rowsView(cells: Cells, shape: readonly number[], { lo, hi }: Extent): View {
  let stride = sizeOf(shape);
  const axes = shape.map((n): ViewAxis => {
    stride /= n;
    return { from: 0, digits: n === 1 ? [] : [{ n, stride }] };
  });
  return { shape, lo, hi, terms: [{ cells, base: 0, coef: 1, axes }] };
}

/** Consecutive rows of one owner, in order. */
export function isRowRange(view: View): boolean {
  const [term] = view.terms;
  if (view.terms.length !== 1 || term.coef !== 1) return false;
  const digits = mergeDigits(term.axes.flatMap((axis) => axis.digits));
  const size = digits.reduce((n, digit) => n * digit.n, 1);
  const isWhole = size === sizeOf(view.shape) && term.axes.every((axis) => axis.from === 0);
  return isWhole && (digits.length === 0 || (digits.length === 1 && digits[0].stride === 1));
}

/** Neighbouring digits that step evenly become one; digits of one value go. */
export function mergeDigits(digits: readonly Digit[]): Digit[] {
  const merged: Digit[] = [];
  for (const digit of digits) {
    if (digit.n === 1) continue;
    const outer = merged.at(-1);
    if (outer && outer.stride === digit.stride * digit.n)
      merged[merged.length - 1] = { n: outer.n * digit.n, stride: digit.stride };
    else merged.push(digit);
  }
  return merged;
}

export function transposeView(view: View, permutation: readonly number[]): View {
  const shape = permutation.map((axis) => view.shape[axis]);
  return {
    ...view,
    shape,
    terms: view.terms.map((term) => ({ ...term, axes: permutation.map((axis) => term.axes[axis]) })),
  };
}

/** The sum of two views of one shape; `extent` is what its elements can be. */
export function addViews(a: View, b: View, extent: Extent): View {
  return { shape: a.shape, lo: extent.lo, hi: extent.hi, terms: [...a.terms, ...b.terms] };
}

export function negate(view: View): View {
  return {
    shape: view.shape,
    lo: -view.hi,
    hi: -view.lo,
    terms: view.terms.map((term) => ({ ...term, coef: -term.coef })),
  };
}

/** Reads an axis of length 1 as length n. */
export function expandView(view: View, shape: readonly number[]): View {
  const terms = view.terms.map((term) => ({
    ...term,
    axes: term.axes.map((axis, i) =>
      view.shape[i] === 1 && shape[i] > 1 ? { from: 0, digits: [{ n: shape[i], stride: 0 }] } : axis,
    ),
  }));
  return { ...view, shape, terms };
}

export function insertAxis(view: View, axis: number): View {
  const insert = <T>(items: readonly T[], item: T): T[] => [...items.slice(0, axis), item, ...items.slice(axis)];
  const terms = view.terms.map((term) => ({ ...term, axes: insert(term.axes, { from: 0, digits: [] }) }));
  return { ...view, shape: insert(view.shape, 1), terms };
}

export function concatViews(views: readonly View[], axis: number, shape: readonly number[]): View {
  let start = 0;
  const terms: ViewTerm[] = [];
  for (const view of views) {
    for (const term of view.terms) {
      terms.push({
        ...term,
        axes: term.axes.map((item, i) => (i === axis ? { ...item, from: item.from + start } : item)),
      });
    }
    start += view.shape[axis];
  }
  return { shape, terms, lo: Math.min(...views.map((view) => view.lo)), hi: Math.max(...views.map((view) => view.hi)) };
}

/**
 * Index j of the new axis reads index stride·j + offset of the old one, and 0 outside it. Undefined where the axis has several digits
 * that the stride would cut. Axes of circuits do not run backwards, so a negative stride takes one term for each index.
 */
export function slotView(view: View, axis: number, outN: number, stride: number, offset: number): View | undefined {
  const terms: ViewTerm[] = [];
  let isCovered = true;
  for (const term of view.terms) {
    const { from, digits } = term.axes[axis];
    if (digits.length > 1) return undefined;
    const { n, stride: cell } = digits[0] ?? { n: 1, stride: 0 };
    const { first, count } = insideRange(stride, offset - from, n, outN);
    if (count < outN) isCovered = false;
    if (count <= 0) continue;
    const push = (index: number, digits: readonly Digit[]): void => {
      const base = term.base + (stride * index + offset - from) * cell;
      terms.push({ ...term, base, axes: term.axes.map((item, i) => (i === axis ? { from: index, digits } : item)) });
    };
    if (stride > 0 && count > 1) push(first, [{ n: count, stride: stride * cell }]);
    else for (let index = first; index < first + count; index++) push(index, []);
  }
  const extent = isCovered ? view : { lo: Math.min(view.lo, 0), hi: Math.max(view.hi, 0) };
  return { lo: extent.lo, hi: extent.hi, shape: view.shape.map((n, i) => (i === axis ? outN : n)), terms };
}

/** Indices j in [0, outN) with 0 <= stride·j + offset < n; the stride may be negative. */
function insideRange(stride: number, offset: number, n: number, outN: number): { first: number; count: number } {
  const [a, b] = [-offset / stride, (n - 1 - offset) / stride];
  const first = Math.max(0, Math.ceil(Math.min(a, b)));
  const last = Math.min(outN - 1, Math.floor(Math.max(a, b)));
  return { first, count: last - first + 1 };
}
