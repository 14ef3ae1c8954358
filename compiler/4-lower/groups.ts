/**
 * Terms of a view that can share one product: along every contracted axis they cover the same indices, split into the same digits.
 */
import { cutDigits } from "./reshape.ts";
import { extentOfAxis, type View, type ViewAxis, type ViewTerm } from "./view.ts";

export interface TermGroup {
  /** For each contracted axis: the first index, and the lengths of the digits. */
  readonly ranges: readonly { readonly from: number; readonly sizes: readonly number[] }[];
  readonly terms: readonly ViewTerm[];
}

export function groupTerms(view: View, axes: readonly number[]): TermGroup[] {
  const byRange = new Map<string, ViewTerm[]>();
  for (const term of view.terms) {
    const key = axes.map((axis) => `${term.axes[axis].from}+${extentOfAxis(term.axes[axis])}`).join(" ");
    byRange.set(key, [...(byRange.get(key) ?? []), term]);
  }
  return [...byRange.values()].flatMap((terms) => {
    const aligned = alignTerms(terms, axes);
    return aligned ? [groupOf(aligned, axes)] : terms.map((term) => groupOf([term], axes));
  });
}

function groupOf(terms: readonly ViewTerm[], axes: readonly number[]): TermGroup {
  const ranges = axes.map((axis) => ({
    from: terms[0].axes[axis].from,
    sizes: terms[0].axes[axis].digits.map((digit) => digit.n),
  }));
  return { ranges, terms };
}

/** The terms with their digits cut at each other's boundaries. */
function alignTerms(terms: readonly ViewTerm[], axes: readonly number[]): ViewTerm[] | undefined {
  let aligned = [...terms];
  for (const axis of axes) {
    const cuts = [...new Set(aligned.flatMap((term) => innerProducts(term.axes[axis])))].sort((a, b) => a - b);
    if (cuts.some((cut, i) => i > 0 && cut % cuts[i - 1] !== 0)) return undefined;
    const next: ViewTerm[] = [];
    for (const term of aligned) {
      const digits = cutAt(term.axes[axis], cuts);
      if (digits === undefined) return undefined;
      next.push({ ...term, axes: term.axes.map((item, i) => (i === axis ? { from: item.from, digits } : item)) });
    }
    aligned = next;
  }
  return aligned;
}

/** Products of the innermost one, two, ... digits. */
function innerProducts({ digits }: ViewAxis): number[] {
  const products: number[] = [];
  let product = 1;
  for (let i = digits.length - 1; i >= 0; i--) {
    product *= digits[i].n;
    products.push(product);
  }
  return products;
}

function cutAt(axis: ViewAxis, cuts: readonly number[]): ViewAxis["digits"] | undefined {
  let rest: ViewAxis = { from: 0, digits: axis.digits };
  let done = 1;
  const result: ViewAxis["digits"][number][] = [];
  for (const cut of cuts) {
    const parts = cutDigits(rest, cut / done);
    if (parts === undefined) return undefined;
    result.unshift(...parts.inner);
    rest = { from: 0, digits: parts.outer };
    done = cut;
  }
  return result;
}
