/** Ranks: rank[i] = the number of values that beat value i (`beats.ts`), so 0 .. n - 1, each once. */
import { powerOfTwo } from "../math.ts";
import type { RankStep } from "../program.ts";
import { sizeOf } from "../tensor.ts";
import { lowerBeats } from "./beats.ts";
import { addSegment, type Draft } from "./draft.ts";
import { sumTerms } from "./linear.ts";
import { rowsView, type View } from "./view.ts";

export function lowerRank(draft: Draft, step: RankStep, view: View): View {
  const { axis, shape, out } = step;
  const beats = lowerBeats(draft, { ...step, lastOfEquals: false }, view);
  const extent = { lo: 0, hi: shape[axis] - 1 };
  const owner = addSegment(draft, {
    name: out,
    count: sizeOf(shape),
    request: { table: { kind: "none" }, ...extent },
    constant: 0,
    linear: sumTerms(beats, [axis + 1], powerOfTwo(draft.shiftBits)),
    products: [],
  });
  return rowsView({ owner, block: "q" }, shape, extent);
}
