/**
 * Maxima as max(a, b) = b + relu(a - b): a row for the second summand, a view for the sum.
 *
 * Windows go axis by axis, so that a window of h x w cells takes at most (w - 1) rows for each input row and (h - 1) for each output.
 * Cells outside the input do not take part: where no element can be negative they read as 0, else the outputs whose windows
 * miss the same cells are handled apart.
 */
import type { MaxPoolStep, Window } from "../program.ts";
import type { Draft } from "./draft.ts";
import { exactSegment, materialize } from "./materialize.ts";
import { addViews, concatViews, negate, rowsView, slotView, type View } from "./view.ts";

/** A view of more terms costs its readers more than rows of its own would. */
const MAX_TERMS = 6;

export function lowerMaxPool(draft: Draft, step: MaxPoolStep, source: View): View {
  let view = source;
  for (let i = step.windows.length - 1; i >= 0; i--) {
    const others = step.windows.slice(0, i);
    others.forEach((window, axis) => {
      view = cropUnused(draft, view, 2 + axis, window);
    });
    view = maxAlong(draft, step.out, view, 2 + i, step.windows[i]);
  }
  return view.terms.length > MAX_TERMS ? materialize(draft, view, step.out) : view;
}

/** Rows behind the last window are left out. */
function cropUnused(draft: Draft, view: View, axis: number, window: Window): View {
  const used = window.stride * (window.outN - 1) + window.dilation * (window.kernel - 1) - window.pad + 1;
  return used < view.shape[axis] ? slot(draft, view, axis, used, 1, 0) : view;
}

function slot(draft: Draft, view: View, axis: number, outN: number, stride: number, offset: number): View {
  return (
    slotView(view, axis, outN, stride, offset) ??
    (slotView(materialize(draft, view), axis, outN, stride, offset) as View)
  );
}

function maxAlong(draft: Draft, name: string, view: View, axis: number, window: Window): View {
  const { kernel, stride, dilation, pad, outN } = window;
  if (kernel === 1 && stride === 1 && pad === 0) return view;
  const isPlain = view.terms.every((term) => term.axes[axis].digits.length <= 1);
  const input = isPlain ? view : materialize(draft, view);
  if (outN === 1 && pad === 0 && stride === 1 && dilation === 1) return largestOfAll(draft, name, input, axis, kernel);
  const pieces = piecesOf(window, view.lo >= 0).map(({ from, to, kernels }) => {
    const slots = kernels.map((k) => slot(draft, input, axis, to - from, stride, stride * from + dilation * k - pad));
    return largest(draft, name, slots);
  });
  if (pieces.length === 1) return pieces[0];
  return concatViews(
    pieces,
    axis,
    view.shape.map((n, i) => (i === axis ? outN : n)),
  );
}

/** The first half against the second until one is left: a segment for each halving, not for each pair. */
function largestOfAll(draft: Draft, name: string, input: View, axis: number, n: number): View {
  let view = slot(draft, input, axis, n, 1, 0);
  let rest: View | undefined;
  for (let length = n; length > 1; length = Math.floor(length / 2)) {
    const half = Math.floor(length / 2);
    if (length % 2 === 1) {
      const last = slot(draft, view, axis, 1, 1, length - 1);
      rest = rest ? larger(draft, name, rest, last) : last;
    }
    const [first, second] = [slot(draft, view, axis, half, 1, 0), slot(draft, view, axis, half, 1, half)];
    view = larger(draft, name, first, second);
    if (view.terms.length > MAX_TERMS) view = materialize(draft, view, name);
  }
  return rest ? larger(draft, name, view, rest) : view;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  /** Kernel indices that take part. */
  readonly kernels: readonly number[];
}

/** Runs of outputs whose windows meet the input in the same kernel indices. */
function piecesOf(window: Window, canReadZero: boolean): Piece[] {
  const kernelsAt = (o: number): number[] => {
    const inside = (k: number): boolean => {
      const i = window.stride * o + window.dilation * k - window.pad;
      return i >= 0 && i < window.inputN;
    };
    return Array.from({ length: window.kernel }, (_, k) => k).filter(inside);
  };
  const all = Array.from({ length: window.outN }, (_, o) => kernelsAt(o));
  if (canReadZero) {
    const used = [...new Set(all.flat())].sort((a, b) => a - b);
    return [{ from: 0, to: window.outN, kernels: used }];
  }
  const pieces: Piece[] = [];
  let from = 0;
  for (let o = 1; o <= window.outN; o++) {
    if (o < window.outN && all[o].join() === all[from].join()) continue;
    pieces.push({ from, to: o, kernels: all[from] });
    from = o;
  }
  return pieces;
}

function largest(draft: Draft, name: string, slots: readonly View[]): View {
  let level = slots;
  while (level.length > 1) {
    const next: View[] = [];
    for (let i = 0; i + 1 < level.length; i += 2) next.push(larger(draft, name, level[i], level[i + 1]));
    if (level.length % 2 === 1) next.push(level[level.length - 1]);
    level = next;
  }
  return level[0];
}

export function larger(draft: Draft, name: string, a: View, b: View): View {
  const [base, other] = a.terms.length < b.terms.length ? [a, b] : [b, a];
  const difference = addViews(other, negate(base), { lo: other.lo - base.hi, hi: other.hi - base.lo });
  const owner = exactSegment(draft, name, difference, { kind: "relu" });
  const excess = rowsView({ owner, block: "y" }, base.shape, { lo: 0, hi: Math.max(0, difference.hi) });
  return addViews(base, excess, { lo: Math.max(a.lo, b.lo), hi: Math.max(a.hi, b.hi) });
}
