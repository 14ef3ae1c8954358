/**
 * Products of two tensors: both sides of the circuit's products are witness cells.
 *
 *     acc[b, m, n] = factor · sum_k x[b, m, k] · y[b, n, k]
 *
 * The leading axes b and the inner index k are sumcheck variables; rows come from b and m on the left and from n on the right. Both
 * masks need an index of their own, outside every box: a spare variable is added where the lengths leave none (`core/circuit.ts`).
 */
import type { Axis } from "../../core/circuit.ts";
import type { ProductPart } from "../program.ts";
import { stridesOf } from "../tensor.ts";
import { allocateVariables, bitsFor, joinPlaced, type Placed, placedAxis, plain, variableDigits } from "./axes.ts";
import type { Draft, DraftProduct, DraftTerm } from "./draft.ts";
import { materialize } from "./materialize.ts";
import { extentOfAxis, insertAxis, type View } from "./view.ts";

export function productOf(draft: Draft, part: ProductPart, x: View, y: View): DraftProduct {
  const left = factorView(draft, part, x);
  const right = factorView(draft, part, y);
  const batch = left.shape.length - 2;
  const rows = stridesOf([...left.shape.slice(0, -1), right.shape[batch]]);
  const sizes = [...left.shape.slice(0, batch), left.shape[batch + 1]];
  const { ranges: vars, bits } = allocateVariables(sizes);
  const spare = spareVariables(sizes, bits);
  const term = (view: View, rowOf: (axis: number) => number, coef: number): DraftTerm => {
    const [only] = view.terms;
    const axes = only.axes.map((axis, i): Placed => {
      if (i === batch) return placedAxis(axis, rowOf(i));
      const variable = vars[Math.min(i, batch)];
      return { row: 0, cell: 0, axes: variableDigits(axis.digits, i < batch ? rowOf(i) : 0, [variable]) };
    });
    const placed = joinPlaced(axes);
    const extra: Axis[] = spare === 0 ? [] : [plain(1, 0, 0, { first: bits, count: spare })];
    return {
      source: only.cells,
      base: only.base + placed.cell,
      rowBase: placed.row,
      coef: coef * only.coef,
      axes: [...placed.axes, ...extra],
    };
  };
  return {
    bits: bits + spare,
    left: [term(left, (axis) => rows[axis], part.factor)],
    right: [term(right, (axis) => (axis === batch ? 1 : 0), 1)],
  };
}

/** One term over whole axes of at most one digit, matrices last. */
function factorView(draft: Draft, { contracts }: ProductPart, view: View): View {
  const [term] = view.terms;
  const isPlain =
    view.terms.length === 1 &&
    term.axes.every((axis, i) => axis.from === 0 && axis.digits.length <= 1 && extentOfAxis(axis) === view.shape[i]);
  const plainView = isPlain ? view : materialize(draft, view);
  const rank = view.shape.length;
  return contracts ? plainView : insertAxis(insertAxis(plainView, rank), rank);
}

/** Variables that must be added for the all-ones index, and the same with variable 0 cleared, to lie outside the axes. */
function spareVariables(sizes: readonly number[], bits: number): number {
  const long = sizes.filter((n) => n > 1);
  const isFree = long.some((n, i) => n < 2 ** bitsFor(n) - (i === long.length - 1 ? 1 : 0));
  if (isFree) return 0;
  return bits === 0 ? 2 : 1;
}
