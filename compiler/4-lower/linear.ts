/** A linear step to one segment: constant weights become fixed cells, its sum linear terms and products. */
import type { Axis } from "../../core/circuit.ts";
import type { Bounds, Extent } from "../3-quantize/bounds.ts";
import type { ContractPart, ConvPart, IntegerLinearStep, LinearPart, PoolPart, ScalePart, Window } from "../program.ts";
import type { TableFunction } from "../table-function.ts";
import { broadcastStrides, sizeOf, stridesOf } from "../tensor.ts";
import {
  allocateVariables,
  bitsFor,
  joinPlaced,
  mergeAxes,
  type Placed,
  placedAxis,
  plain,
  variableDigits,
  windowAxes,
} from "./axes.ts";
import { addBlob, addSegment, type Draft, type DraftProduct, type DraftTerm } from "./draft.ts";
import { groupTerms, type TermGroup } from "./groups.ts";
import { materialize } from "./materialize.ts";
import { productOf } from "./product.ts";
import { reshapeView } from "./reshape.ts";
import { lowerTrees } from "./trees.ts";
import { rowsView, type View, type ViewTerm } from "./view.ts";

interface Sum {
  readonly linear: DraftTerm[];
  readonly products: DraftProduct[];
}

export function lowerLinear(
  draft: Draft,
  step: IntegerLinearStep,
  viewOf: (name: string) => View,
  bounds: Bounds,
): View {
  const sum: Sum = { linear: [], products: [] };
  for (const part of step.parts) {
    if (part.kind === "trees") sum.linear.push(...lowerTrees(draft, step, part.forest, viewOf(part.x)));
    else if (part.kind === "product") sum.products.push(productOf(draft, part, viewOf(part.x), viewOf(part.y)));
    else lowerPart(draft, sum, part, viewOf(part.x), step);
  }
  const constant = lowerBias(draft, sum, step);
  const q = bounds.quotients.get(step.out) ?? { lo: 0, hi: 0 };
  const table = isIdentity(step.table, q) ? NO_TABLE : step.table;
  const { lo, hi } = bounds.tensors.get(step.out) ?? { lo: new Float64Array(1), hi: new Float64Array(1) };
  const owner = addSegment(draft, {
    name: step.out,
    count: sizeOf(step.shape),
    request: { table, lo: q.lo, hi: q.hi },
    constant,
    linear: sum.linear,
    products: sum.products,
  });
  const extent = { lo: lo.reduce((a, b) => Math.min(a, b)), hi: hi.reduce((a, b) => Math.max(a, b)) };
  return rowsView({ owner, block: table.kind === "none" ? "q" : "y" }, step.shape, extent);
}

const NO_TABLE: TableFunction = { kind: "none" };

/** A clamp that no input reaches. */
function isIdentity(table: TableFunction, { lo, hi }: Extent): boolean {
  return table.kind === "clamp" && table.lo <= lo && hi <= table.hi;
}

function lowerPart(draft: Draft, sum: Sum, part: LinearPart, view: View, step: IntegerLinearStep): void {
  switch (part.kind) {
    case "conv":
      return lowerConv(draft, sum, part, view);
    case "contract":
      sum.products.push(...contraction(draft, part, view));
      return;
    case "scale":
      return lowerScale(draft, sum, part, view, step.shape);
    case "pool":
      return lowerPool(draft, sum, part, view);
    case "sum":
      sum.linear.push(...sumTerms(view, part.axes, part.factor));
      return;
  }
}

/** Row distances of a tensor whose axis `axis` is replaced by one of length n. */
function rowStrides(shape: readonly number[], axis: number, n: number): number[] {
  return stridesOf(shape.map((size, i) => (i === axis ? n : size)));
}

function viewTerm(term: ViewTerm, placed: Placed, coef: number): DraftTerm {
  return {
    source: term.cells,
    base: term.base + placed.cell,
    rowBase: placed.row,
    coef: coef * term.coef,
    axes: placed.axes,
  };
}

/** Digits of contracted axes over row-major fixed cells whose innermost index moves by `unit`. */
function fixedDigits(sizes: readonly number[], unit: number): { n: number; stride: number }[] {
  let stride = unit;
  const digits: { n: number; stride: number }[] = [];
  for (let i = sizes.length - 1; i >= 0; i--) {
    digits.unshift({ n: sizes[i], stride });
    stride *= sizes[i];
  }
  return digits;
}

/** Adds a variable where every index of kappa is used: the all-ones index belongs to the masks. */
function finishProduct(bits: number, sizes: readonly number[], left: DraftTerm[], right: DraftTerm[]): DraftProduct {
  if (sizes.some((n) => 2 ** bitsFor(n) !== n)) return { bits, left, right };
  const spare: Axis = plain(1, 0, 0, { first: bits, count: 1 });
  const extend = (term: DraftTerm): DraftTerm => ({ ...term, axes: [...term.axes, spare] });
  return { bits: bits + 1, left: left.map(extend), right: right.map(extend) };
}

/** The products of a contraction of a view, for a segment whose rows are its result. */
export function contraction(draft: Draft, part: ContractPart, view: View): DraftProduct[] {
  const { axis, inN, outN } = part;
  const rows = rowStrides(view.shape, axis, outN);
  const blob = addBlob(draft, part.weights, inN);
  return groupTerms(view, [axis]).map((group) => {
    const [range] = group.ranges;
    const { ranges: vars, bits } = allocateVariables(range.sizes);
    const left = group.terms.map((term) => {
      const axes = term.axes.map((item, i): Placed => {
        if (i !== axis) return placedAxis(item, rows[i]);
        return { row: 0, cell: 0, axes: variableDigits(item.digits, 0, vars) };
      });
      return viewTerm(term, joinPlaced(axes), 1);
    });
    const digits = variableDigits(fixedDigits(range.sizes, 1), 0, vars);
    const right: DraftTerm = {
      source: { blob },
      base: range.from,
      rowBase: 0,
      coef: 1,
      axes: mergeAxes([plain(outN, inN, rows[axis]), ...digits]),
    };
    return finishProduct(bits, range.sizes, left, [right]);
  });
}

/** Views whose spatial axes have one digit each, and whose channels split into groups. */
function convView(draft: Draft, part: ConvPart, view: View): View {
  const { groups, channels } = part;
  const [batch, , ...spatial] = view.shape;
  const shape = [batch, groups, channels / groups, ...spatial];
  const grouped = reshapeView(view, shape);
  const isPlain = grouped?.terms.every((term) => term.axes.slice(3).every((axis) => axis.digits.length <= 1));
  if (grouped && isPlain) return grouped;
  return reshapeView(materialize(draft, view), shape) as View;
}

function lowerConv(draft: Draft, sum: Sum, part: ConvPart, source: View): void {
  const { groups, channels, outChannels, windows } = part;
  const view = convView(draft, part, source);
  const [groupIn, groupOut] = [channels / groups, outChannels / groups];
  const kernels = windows.map((window) => window.kernel);
  const kernelSize = sizeOf(kernels);
  const rowLength = groupIn * kernelSize;
  const outShape = [view.shape[0], groups, groupOut, ...windows.map((window) => window.outN)];
  const rows = stridesOf(outShape);
  const blob = addBlob(draft, part.weights, groups === 1 ? rowLength : part.weights.length);
  for (const group of groupTerms(view, [1, 2])) {
    const [outer, inner] = group.ranges;
    const sizes = [...outer.sizes, ...inner.sizes, ...kernels];
    const { ranges: vars, bits } = allocateVariables(sizes);
    const outerVars = vars.slice(0, outer.sizes.length);
    const innerVars = vars.slice(outer.sizes.length, outer.sizes.length + inner.sizes.length);
    const kernelVars = vars.slice(outer.sizes.length + inner.sizes.length);
    const left = group.terms.map((term) => {
      const [batchAxis, outerAxis, innerAxis, ...spatial] = term.axes;
      const placed = joinPlaced([
        placedAxis(batchAxis, rows[0]),
        { row: outer.from * rows[1], cell: 0, axes: variableDigits(outerAxis.digits, rows[1], outerVars) },
        { row: 0, cell: 0, axes: variableDigits(innerAxis.digits, 0, innerVars) },
        ...spatial.map((axis, i) => windowAxes(axis, windows[i], rows[3 + i], kernelVars[i])),
      ]);
      return viewTerm(term, placed, 1);
    });
    const axes = [
      plain(groupOut, rowLength, rows[2]),
      ...variableDigits(fixedDigits(outer.sizes, groupOut * rowLength), 0, outerVars),
      ...variableDigits(fixedDigits(inner.sizes, kernelSize), 0, innerVars),
      ...variableDigits(fixedDigits(kernels, 1), 0, kernelVars),
    ];
    const base = outer.from * groupOut * rowLength + inner.from * kernelSize;
    const right: DraftTerm = { source: { blob }, base, rowBase: 0, coef: 1, axes: mergeAxes(axes) };
    sum.products.push(finishProduct(bits, sizes, left, [right]));
  }
}

function lowerScale(draft: Draft, sum: Sum, part: ScalePart, view: View, shape: readonly number[]): void {
  const rows = stridesOf(shape);
  const [first] = part.factors;
  if (part.factors.every((factor) => factor === first) && (first === 0 || !draft.hidesWeights)) {
    if (first === 0) return;
    for (const term of view.terms)
      sum.linear.push(viewTerm(term, joinPlaced(term.axes.map((axis, i) => placedAxis(axis, rows[i]))), first));
    return;
  }
  const strides = broadcastStrides(part.shape, shape);
  const varying = shape.map((_, axis) => axis).filter((axis) => strides[axis] > 0);
  const blob = addBlob(draft, part.factors, part.factors.length);
  for (const group of groupTerms(view, varying)) {
    const sizes = group.ranges.flatMap((range) => range.sizes);
    const { ranges: vars, bits } = allocateVariables(sizes);
    const varsOf = variablesByRange(group, vars);
    const left = group.terms.map((term) => {
      const axes = term.axes.map((axis, i): Placed => {
        const index = varying.indexOf(i);
        if (index < 0) return placedAxis(axis, rows[i]);
        return { row: axis.from * rows[i], cell: 0, axes: variableDigits(axis.digits, rows[i], varsOf[index]) };
      });
      return viewTerm(term, joinPlaced(axes), 1);
    });
    const axes = group.ranges.flatMap((range, i) =>
      variableDigits(fixedDigits(range.sizes, strides[varying[i]]), 0, varsOf[i]),
    );
    const base = group.ranges.reduce((total, range, i) => total + range.from * strides[varying[i]], 0);
    sum.products.push(finishProduct(bits, sizes, left, [{ source: { blob }, base, rowBase: 0, coef: 1, axes }]));
  }
}

function variablesByRange<T>(group: TermGroup, vars: readonly T[]): T[][] {
  let next = 0;
  return group.ranges.map((range) => {
    const own = vars.slice(next, next + range.sizes.length);
    next += range.sizes.length;
    return own;
  });
}

/** Outputs with equal counts in a row; each box of them is one term. */
function lowerPool(draft: Draft, sum: Sum, part: PoolPart, source: View): void {
  const isPlain = source.terms.every((term) => term.axes.slice(2).every((axis) => axis.digits.length <= 1));
  const view = isPlain ? source : materialize(draft, source);
  const rows = stridesOf([...view.shape.slice(0, 2), ...part.windows.map((window) => window.outN)]);
  const boxes = part.windows.reduce<Run[][]>(
    (partial, window, i) => partial.flatMap((box) => runsOf(window, part.counts[i]).map((run) => [...box, run])),
    [[]],
  );
  for (const box of boxes) {
    const factor = part.factors.get(box.reduce((product, run) => product * run.count, 1)) ?? 0;
    if (factor === 0) continue;
    for (const term of view.terms) {
      const [batch, channel, ...spatial] = term.axes;
      const placed = joinPlaced([
        placedAxis(batch, rows[0]),
        placedAxis(channel, rows[1]),
        ...spatial.map((axis, i): Placed => {
          const inner = windowAxes(axis, box[i].window, rows[2 + i]);
          return { ...inner, row: inner.row + box[i].from * rows[2 + i] };
        }),
      ]);
      sum.linear.push(viewTerm(term, placed, factor));
    }
  }
}

interface Run {
  readonly from: number;
  readonly count: number;
  readonly window: Window;
}

function runsOf(window: Window, counts: readonly number[]): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let o = 1; o <= counts.length; o++) {
    if (o < counts.length && counts[o] === counts[from]) continue;
    runs.push({
      from,
      count: counts[from],
      window: { ...window, outN: o - from, pad: window.pad - window.stride * from },
    });
    from = o;
  }
  return runs;
}

/** factor · the sum over some axes, for a segment whose rows are the other axes. */
export function sumTerms(view: View, summed: readonly number[], factor: number): DraftTerm[] {
  const rows = stridesOf(view.shape.map((n, axis) => (summed.includes(axis) ? 1 : n)));
  return view.terms.map((term) => {
    const axes = term.axes.map((axis, i) => placedAxis(axis, summed.includes(i) ? 0 : rows[i]));
    return viewTerm(term, joinPlaced(axes), factor);
  });
}

/** The constant of the segment; a bias that varies or is to be hidden becomes fixed cells. */
function lowerBias(draft: Draft, sum: Sum, step: IntegerLinearStep): number {
  const { data } = step.bias;
  const [first] = data;
  if (data.every((value) => value === first) && (first === 0 || !draft.hidesWeights)) return first;
  sum.linear.push(constantTerm(draft, step.bias, step.shape, 1));
  return 0;
}

/** Adds coef · an array of fixed cells that broadcasts to the shape of the rows. */
export function constantTerm(
  draft: Draft,
  { shape, data }: IntegerLinearStep["bias"],
  to: readonly number[],
  coef: number,
): DraftTerm {
  const strides = broadcastStrides(shape, to);
  const rows = stridesOf(to);
  const axes = mergeAxes(to.map((n, i) => plain(n, strides[i], rows[i])));
  const walking = axes.filter((axis) => axis.cell !== 0);
  const blob = addBlob(draft, data, walking.length === 1 ? 1 : data.length);
  return { source: { blob }, base: 0, rowBase: 0, coef, axes };
}
