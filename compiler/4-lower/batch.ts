/**
 * Many inferences in one circuit: every input and segment stands `batch` times, one inference after another, and every box gets an
 * outermost axis that walks the inferences. Fixed cells are shared, so weights are committed and opened once.
 *
 *     linear term, left side of a product with fixed cells    the axis moves cells (none of fixed cells) and rows
 *     product of two witness sides                             the axis is a sumcheck variable of both sides, since
 *                                                              inference b multiplies its own cells; rows move on the left
 *
 * A table of memory covers the cells of all inferences. The rows that read it add the first cell of their inference to the index, and
 * linear terms over that index take it off again.
 *
 * A variable above the others leaves the indices that products keep free for their masks outside the boxes they were outside of
 * before: those indices are all ones in the new variable as well.
 */
import { CapacityError } from "../errors.ts";
import { powerOfTwo } from "../math.ts";
import { bitsFor, mergeAxes, plain } from "./axes.ts";
import { addBlob, type Draft, type DraftProduct, type DraftSegment, type DraftTerm } from "./draft.ts";

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
  /** coef·(first cell of the inference among `cells` rows each), for every row that `term` reaches. */
  const firstCells = (term: DraftTerm, cells: number, coef: number, rowStep: number): DraftTerm => {
    const blob = addBlob(
      draft,
      Float64Array.from({ length: batch }, (_, inference) => inference * cells),
      batch,
    );
    const still = term.axes.map((axis) => ({ ...axis, cell: 0 }));
    return { source: { blob }, base: 0, rowBase: term.rowBase, coef, axes: [plain(batch, 1, rowStep), ...still] };
  };
  /** Rows of one inference in the memory that the segment of an owner reads. */
  const memoryRows = (owner: number): number | undefined => {
    const table = draft.segments[owner - draft.inputs.length]?.request.table;
    return table?.kind === "memory" ? counts[table.cells.owner] : undefined;
  };
  const batchTerm = (term: DraftTerm, rowStep: number): DraftTerm[] => {
    const cells = "blob" in term.source || term.source.block === "y" ? undefined : memoryRows(term.source.owner);
    const all = repeated(term, rowStep);
    return cells === undefined ? [all] : [all, firstCells(term, cells, -term.coef, rowStep)];
  };
  const batchSegment = (segment: DraftSegment, index: number): DraftSegment => {
    const { count, request } = segment;
    const cells = memoryRows(draft.inputs.length + index);
    const everyRow: DraftTerm = { source: { blob: 0 }, base: 0, rowBase: 0, coef: 1, axes: [plain(count, 0, 1)] };
    return {
      ...segment,
      count: batch * count,
      request: cells === undefined ? request : { ...request, hi: request.hi + (batch - 1) * cells },
      linear: [
        ...segment.linear.flatMap((term) => batchTerm(term, count)),
        ...(cells === undefined ? [] : [firstCells(everyRow, cells, powerOfTwo(draft.shiftBits), count)]),
      ],
      products: segment.products.map((product) => batchProduct(product, count)),
    };
  };
  return {
    ...draft,
    inputs: draft.inputs.map((input) => ({ ...input, count: batch * input.count })),
    segments: draft.segments.map(batchSegment),
  };
}
