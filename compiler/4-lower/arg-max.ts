/**
 * The index of the largest of n values, the first (or last) of equals, by comparing all pairs.
 *
 *     beats[i][j] = [x_j > x_i, or x_j = x_i and j precedes i]      `beats.ts`
 *     wins[i]     = [no j beats i]
 *     index       = sum_i i·wins[i], or the sum of the numbers that stand for the indices
 */
import { powerOfTwo } from "../math.ts";
import type { ArgMaxStep, ContractPart } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import { BIT, lowerBeats } from "./beats.ts";
import { addSegment, type Draft } from "./draft.ts";
import { contraction, sumTerms } from "./linear.ts";
import { rowsView, type View } from "./view.ts";

export function lowerArgMax(draft: Draft, step: ArgMaxStep, view: View): View {
  const { axis } = step;
  const n = view.shape[axis];
  const limit = powerOfTwo(draft.shiftBits);
  const beats = lowerBeats(draft, step, view);
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
