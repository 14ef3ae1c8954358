/**
 * The index of the largest of n values, the first (or last) of equals, by comparing all pairs.
 *
 *     beats[i][j] = [x_j > x_i, or x_j = x_i and j precedes i]      one row each: the rounding division compares
 *     wins[i]     = [no j beats i]
 *     index       = sum_i i·wins[i], or the sum of the numbers that stand for the indices
 *
 * With s = shiftBits, floor((d - 1 + 2^s) / 2^s) is at least 1 where d >= 1 and at most 0 elsewhere: the bit itself where |d| <= 2^s,
 * else a number that a table limits to 0..1.
 */
import { CapacityError } from "../errors.ts";
import { powerOfTwo } from "../math.ts";
import { type ArgMaxStep, type ContractPart, placeOf } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import { mergeAxes, plain } from "./axes.ts";
import { addBlob, addSegment, type Draft } from "./draft.ts";
import { contraction, sumTerms } from "./linear.ts";
import { viewTerms } from "./materialize.ts";
import { expandView, insertAxis, negate, rowsView, type View } from "./view.ts";

const BIT = { lo: 0, hi: 1 };

/** A thousand classes would take a million rows; losses of this many stay far below 2^shiftBits. */
const MAX_CLASSES = 256;

export function lowerArgMax(draft: Draft, step: ArgMaxStep, view: View): View {
  const { axis } = step;
  const n = view.shape[axis];
  const limit = powerOfTwo(draft.shiftBits);
  if (n > MAX_CLASSES) {
    throw new CapacityError({
      ...placeOf(step),
      reason: `the index of the largest of ${n} values takes ${n * n} rows`,
      expected: `at most ${MAX_CLASSES} values`,
      remedy: "end the model with its scores and take the largest outside",
    });
  }
  const beats = lowerBeats(draft, step, view, n);
  const wins = lowerWins(draft, step, beats);
  const values = Array.from({ length: n }, (_, i) => step.values?.[i] ?? i);
  const extent = { lo: Math.min(...values), hi: Math.max(...values) };
  const weights = Float64Array.from(values, (value) => value * limit);
  const part: ContractPart = { kind: "contract", x: "", axis, inN: n, outN: 1, weights };
  const owner = addSegment(draft, {
    name: step.out,
    count: sizeOf(step.shape),
    request: { table: { kind: "none" }, ...extent },
    constant: 0,
    linear: [],
    products: contraction(draft, part, wins),
  });
  return rowsView({ owner, block: "q" }, step.shape, extent);
}

/** Rows [.., i, j, ..] */
function lowerBeats(draft: Draft, { axis, out, lastOfEquals }: ArgMaxStep, view: View, n: number): View {
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

/** floor((2^s - losses) / 2^s): 1 without a loss, else 0. */
function lowerWins(draft: Draft, { axis, out }: ArgMaxStep, beats: View): View {
  const shape = beats.shape.filter((_, i) => i !== axis + 1);
  const owner = addSegment(draft, {
    name: `${out} wins`,
    count: sizeOf(shape),
    request: { table: { kind: "none" }, ...BIT },
    constant: powerOfTwo(draft.shiftBits - 1),
    linear: sumTerms(beats, [axis + 1], -1),
    products: [],
  });
  return rowsView({ owner, block: "q" }, shape, BIT);
}
