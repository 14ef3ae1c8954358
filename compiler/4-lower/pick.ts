/** Elements at constant positions, as few boxes as a walk over the axes finds. */
import type { Draft } from "./draft.ts";
import { materialize } from "./materialize.ts";
import { mergeDigits, type View, type ViewAxis, type ViewTerm } from "./view.ts";

/** Positions base + sum over axes of (index - from)·stride, for indices from <= index < from + n. */
export interface Box {
  readonly base: number;
  readonly axes: readonly { readonly from: number; readonly n: number; readonly stride: number }[];
}

export function pickView(
  draft: Draft,
  view: View,
  shape: readonly number[],
  positions: Int32Array,
  name: string,
): View {
  const source = rowsOf(view) ?? (rowsOf(materialize(draft, view, name)) as Rows);
  const terms = boxesOf(shape, positions).map(
    ({ base, axes }): ViewTerm => ({
      cells: source.term.cells,
      coef: source.term.coef,
      base: source.term.base + base * source.stride,
      axes: axes.map(({ from, n, stride }): ViewAxis => {
        return { from, digits: n === 1 ? [] : [{ n, stride: stride * source.stride }] };
      }),
    }),
  );
  return { shape, terms, lo: Math.min(view.lo, 0), hi: Math.max(view.hi, 0) };
}

interface Rows {
  readonly term: ViewTerm;
  /** Cells between neighbours of the row-major order. */
  readonly stride: number;
}

/** A view whose elements, in row-major order, are evenly spaced cells. */
function rowsOf(view: View): Rows | undefined {
  const [term] = view.terms;
  const isWhole =
    view.terms.length === 1 &&
    term.axes.every(({ from, digits }, axis) => {
      return from === 0 && digits.reduce((n, digit) => n * digit.n, 1) === view.shape[axis];
    });
  if (!isWhole) return undefined;
  const digits = mergeDigits(term.axes.flatMap((axis) => axis.digits));
  return digits.length > 1 ? undefined : { term, stride: digits[0]?.stride ?? 1 };
}

/** Boxes that cover the positions which are not negative, each once. */
function boxesOf(shape: readonly number[], positions: Int32Array): Box[] {
  if (shape.length === 0) return positions[0] < 0 ? [] : [{ base: positions[0], axes: [] }];
  const [count, ...rest] = shape;
  const size = positions.length / count;
  const done: Box[] = [];
  let open: Box[] = [];
  for (let index = 0; index < count; index++) {
    const unused = [...open];
    const next: Box[] = [];
    for (const box of boxesOf(rest, positions.subarray(index * size, (index + 1) * size))) {
      const at = unused.findIndex((candidate) => continues(candidate, box));
      if (at < 0) {
        next.push({ base: box.base, axes: [{ from: index, n: 1, stride: 0 }, ...box.axes] });
        continue;
      }
      const [grown] = unused.splice(at, 1);
      const [first] = grown.axes;
      const stride = first.n === 1 ? box.base - grown.base : first.stride;
      next.push({ base: grown.base, axes: [{ ...first, n: first.n + 1, stride }, ...grown.axes.slice(1)] });
    }
    done.push(...unused);
    open = next;
  }
  return [...done, ...open];
}

/** True when `slab` is the next index of the box's first axis, which never runs backwards. */
function continues(box: Box, slab: Box): boolean {
  const [{ n, stride }, ...inner] = box.axes;
  const isSame = inner.every((axis, i) => {
    const other = slab.axes[i];
    return axis.from === other.from && axis.n === other.n && axis.stride === other.stride;
  });
  return isSame && (n === 1 ? slab.base >= box.base : slab.base === box.base + n * stride);
}
