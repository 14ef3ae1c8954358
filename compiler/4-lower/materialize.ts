/** Rows that hold a view's elements exactly: q = element, remainder one half. */
import { powerOfTwo } from "../math.ts";
import { sizeOf, stridesOf } from "../tensor.ts";
import { joinPlaced, placedAxis } from "./axes.ts";
import { addSegment, type Draft, type DraftTerm, type TableRequest } from "./draft.ts";
import { rowsView, type View } from "./view.ts";

/** Linear terms that add factor · element to the rows of a segment of the view's shape. */
export function viewTerms(view: View, factor: number): DraftTerm[] {
  const rows = stridesOf(view.shape);
  return view.terms.map((term) => {
    const { row, cell, axes } = joinPlaced(term.axes.map((axis, i) => placedAxis(axis, rows[i])));
    return { source: term.cells, base: term.base + cell, rowBase: row, coef: factor * term.coef, axes };
  });
}

/** A segment of exact rows: q is the view's element. */
export function exactSegment(draft: Draft, name: string, view: View, table: TableRequest["table"]): number {
  return addSegment(draft, {
    name,
    count: sizeOf(view.shape),
    request: { table, lo: view.lo, hi: view.hi },
    constant: 0,
    linear: viewTerms(view, powerOfTwo(draft.shiftBits)),
    products: [],
  });
}

export function materialize(draft: Draft, view: View, name = "copy"): View {
  return rowsView({ owner: exactSegment(draft, name, view, { kind: "none" }), block: "q" }, view.shape, view);
}
