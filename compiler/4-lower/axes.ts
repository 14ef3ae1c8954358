/** Axes of circuit terms from views and windows. */
import type { Axis, PlainAxis, VariableRange } from "../../core/circuit.ts";
import type { Window } from "../program.ts";
import { isClipped } from "../program.ts";
import type { Digit, ViewAxis } from "./view.ts";

export interface Placed {
  /** Rows and cells to add to the term's bases. */
  readonly row: number;
  readonly cell: number;
  readonly axes: readonly Axis[];
}

export interface Variables {
  /** By axis; undefined for an axis of one index. */
  readonly ranges: readonly (VariableRange | undefined)[];
  readonly bits: number;
}

/** Variables from 0 for axes of the given lengths, from the last to the first: inner indices meet the same ones in every product. */
export function allocateVariables(sizes: readonly number[]): Variables {
  let bits = 0;
  const ranges = sizes.toReversed().map((n) => {
    if (n === 1) return undefined;
    const range = { first: bits, count: bitsFor(n) };
    bits += range.count;
    return range;
  });
  return { ranges: ranges.reverse(), bits };
}

export function bitsFor(n: number): number {
  let bits = 0;
  while (2 ** bits < n) bits++;
  return bits;
}

export function plain(n: number, cell: number, row: number, vars?: VariableRange): PlainAxis {
  return vars ? { kind: "plain", n, cell, row, vars } : { kind: "plain", n, cell, row };
}

/** A view axis as an axis of the result whose neighbours are `row` rows apart (0: summed). */
export function placedAxis({ from, digits }: ViewAxis, row: number): Placed {
  let step = row;
  const axes: Axis[] = [];
  for (const digit of [...digits].reverse()) {
    axes.unshift(plain(digit.n, digit.stride, step));
    step *= digit.n;
  }
  return { row: from * row, cell: 0, axes };
}

/**
 * The digits of an axis, each a sumcheck variable range; `row` as above, 0 for an axis that is contracted. Neighbours that are digits
 * of one number in cells, rows and variables become one axis.
 */
export function variableDigits(
  digits: readonly Digit[],
  row: number,
  vars: readonly (VariableRange | undefined)[],
): PlainAxis[] {
  let step = row;
  const axes: PlainAxis[] = [];
  for (let i = digits.length - 1; i >= 0; i--) {
    const outer = plain(digits[i].n, digits[i].stride, step, vars[i]);
    const inner = axes[0];
    const merged = inner && joinDigits(outer, inner);
    if (merged) axes[0] = merged;
    else axes.unshift(outer);
    step *= digits[i].n;
  }
  return axes;
}

function joinDigits(outer: PlainAxis, inner: PlainAxis): PlainAxis | undefined {
  if (!outer.vars || !inner.vars || inner.n !== 2 ** inner.vars.count) return undefined;
  const areNeighbours = outer.vars.first === inner.vars.first + inner.vars.count;
  if (!areNeighbours || outer.cell !== inner.n * inner.cell || outer.row !== inner.n * inner.row) return undefined;
  const vars = { first: inner.vars.first, count: inner.vars.count + outer.vars.count };
  return plain(outer.n * inner.n, inner.cell, inner.row, vars);
}

/**
 * Windows over a view axis of one digit. `vars` are the variables of the kernel index, absent where it is summed. A window that never
 * leaves the cells is two plain axes.
 */
export function windowAxes({ from, digits }: ViewAxis, window: Window, row: number, vars?: VariableRange): Placed {
  const { n, stride: cell } = digits[0] ?? { n: 1, stride: 0 };
  const { outN, kernel, stride, dilation } = window;
  const shifted = { ...window, pad: window.pad + from, inputN: n };
  if (!isClipped(shifted)) {
    const axes = [plain(outN, stride * cell, row), plain(kernel, dilation * cell, 0, vars)];
    return { row: 0, cell: -shifted.pad * cell, axes: axes.filter((axis) => axis.n > 1) };
  }
  const skipped = Math.max(0, -shifted.pad);
  const axis: Axis = {
    kind: "window",
    outN,
    kernelN: kernel,
    stride,
    dilation,
    pad: shifted.pad + skipped,
    inputN: n - skipped,
    cell,
    row,
    ...(vars ? { vars } : {}),
  };
  return { row: 0, cell: skipped * cell, axes: [axis] };
}

export function joinPlaced(items: readonly Placed[]): Placed {
  return {
    row: items.reduce((sum, item) => sum + item.row, 0),
    cell: items.reduce((sum, item) => sum + item.cell, 0),
    axes: mergeAxes(items.flatMap((item) => item.axes)),
  };
}

/** Plain axes without variables that step evenly become one. */
export function mergeAxes(axes: readonly Axis[]): Axis[] {
  const merged: Axis[] = [];
  for (const axis of axes) {
    if (axis.kind === "plain" && axis.n === 1 && !axis.vars) continue;
    const outer = merged.at(-1);
    const canMerge =
      outer?.kind === "plain" &&
      axis.kind === "plain" &&
      !outer.vars &&
      !axis.vars &&
      outer.cell === axis.cell * axis.n &&
      outer.row === axis.row * axis.n;
    if (canMerge) merged[merged.length - 1] = plain(outer.n * axis.n, axis.cell, axis.row);
    else merged.push(axis);
  }
  return merged;
}
