/**
 * The order of n values by comparing all pairs: what ArgMax and ranks are made of.
 *
 *     beats[i][j] = [x_j > x_i, or x_j = x_i and j precedes i]      one row each: the rounding division compares
 *
 * With s = shiftBits, floor((d - 1 + 2^s) / 2^s) is at least 1 where d >= 1 and at most 0 elsewhere: the bit itself where |d| <= 2^s,
 * else a number that a table limits to 0..1.
 */
import { CapacityError } from "../errors.ts";
import { powerOfTwo } from "../math.ts";
import { placeOf } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import { mergeAxes, plain } from "./axes.ts";
import { addBlob, addSegment, type Draft } from "./draft.ts";
import { viewTerms } from "./materialize.ts";
import { expandView, insertAxis, negate, rowsView, type View } from "./view.ts";

export const BIT = { lo: 0, hi: 1 };

/** A thousand values would take a million rows; sums of this many bits stay far below 2^shiftBits. */
const MAX_VALUES = 256;

type OrderStep = Parameters<typeof placeOf>[0] & { readonly axis: number; readonly lastOfEquals: boolean };

/** Bits [.., i, j, ..] of a view [.., i, ..], the largest first. Throws CapacityError where the axis is too long. */
export function lowerBeats(draft: Draft, step: OrderStep, view: View): View {
  const { axis, out, lastOfEquals } = step;
  const n = view.shape[axis];
  if (n > MAX_VALUES) {
    throw new CapacityError({
      ...placeOf(step),
      reason: `the order of ${n} values takes ${n * n} rows`,
      expected: `at most ${MAX_VALUES} values`,
      remedy: "end the model with its scores and order them outside",
    });
  }
  const shape = [...view.shape.slice(0, axis), n, n, ...view.shape.slice(axis + 1)];
  const candidate = expandView(insertAxis(view, axis), shape);
  const holder = expandView(insertAxis(view, axis + 1), shape);
  const inner = sizeOf(shape.slice(axis + 2));
  const ties = Float64Array.from({ length: n * n }, (_, position) => {
    const [i, j] = [Math.floor(position / n), position % n];
    return (lastOfEquals ? j > i : j < i) ? 1 : 0;
  });
  const tieTerm = {
    source: { blob: addBlob(draft, ties, ties.length) },
    base: 0,
    rowBase: 0,
    coef: 1,
    axes: mergeAxes([
      plain(sizeOf(shape.slice(0, axis)), 0, n * n * inner),
      plain(n * n, 1, inner),
      plain(inner, 0, 1),
    ]),
  };
  const unit = powerOfTwo(draft.shiftBits);
  const range = view.hi - view.lo;
  const quotient = { lo: Math.floor((-range - 1 + unit) / unit), hi: Math.floor((range + unit) / unit) };
  const isBit = quotient.lo >= 0 && quotient.hi <= 1;
  const owner = addSegment(draft, {
    name: `${out} beats`,
    count: sizeOf(shape),
    request: { table: isBit ? { kind: "none" } : { kind: "clamp", ...BIT }, ...quotient },
    constant: powerOfTwo(draft.shiftBits - 1) - 1,
    linear: [...viewTerms(candidate, 1), ...viewTerms(negate(holder), 1), ...(n > 1 ? [tieTerm] : [])],
    products: [],
  });
  return rowsView({ owner, block: isBit ? "q" : "y" }, shape, BIT);
}
