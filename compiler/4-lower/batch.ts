/**
 * Many inferences in one circuit: every input and segment stands `batch` times, one inference after another, and every box gets an
 * outermost axis that walks the inferences. Fixed cells are shared, so weights are committed and opened once.
 *
 *     linear term, left side of a product with fixed cells    the axis moves cells (none of fixed cells) and rows
 *     product of two witness sides                             the axis is a sumcheck variable of both sides, since
 *                                                              inference b multiplies its own cells; rows move on the left
 *
 * A variable above the others leaves the indices that products keep free for their masks outside the boxes they were outside of
 * before: those indices are all ones in the new variable as well.
 */
import { CapacityError } from "../errors.ts";
import { bitsFor, mergeAxes, plain } from "./axes.ts";
import type { Draft, DraftProduct, DraftSegment, DraftTerm } from "./draft.ts";

export function batchDraft(draft: Draft, batch: number): Draft {
  if (batch === 1) return draft;
  if (!Number.isSafeInteger(batch) || batch < 1) {
    throw new CapacityError({
      reason: `a batch of ${batch} inferences`,
      expected: "a whole number of at least 1",
      remedy: "compile for another batch size",
    });
  }
  const counts = [...draft.inputs, ...draft.segments].map(({ count }) => count);
  const cellStep = ({ source }: DraftTerm): number => ("blob" in source ? 0 : counts[source.owner]);
  const repeated = (term: DraftTerm, rowStep: number, bit?: number): DraftTerm => {
    const vars = bit === undefined ? undefined : { first: bit, count: bitsFor(batch) };
    return { ...term, axes: mergeAxes([plain(batch, cellStep(term), rowStep, vars), ...term.axes]) };
  };
  const batchProduct = ({ bits, left, right }: DraftProduct, count: number): DraftProduct => {
    if (right.every(({ source }) => "blob" in source))
      return { bits, left: left.map((term) => repeated(term, count)), right };
    return {
      bits: bits + bitsFor(batch),
      left: left.map((term) => repeated(term, count, bits)),
      right: right.map((term) => repeated(term, 0, bits)),
    };
  };
  const batchSegment = (segment: DraftSegment): DraftSegment => ({
    ...segment,
    count: batch * segment.count,
    linear: segment.linear.map((term) => repeated(term, segment.count)),
    products: segment.products.map((product) => batchProduct(product, segment.count)),
  });
  return {
    ...draft,
    inputs: draft.inputs.map((input) => ({ ...input, count: batch * input.count })),
    segments: draft.segments.map(batchSegment),
  };
}
