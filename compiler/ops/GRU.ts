/** Gates in the order z, r, h: h' = n + z·(h - n) with n = tanh(..). The two sigmoids are one step. */
import { sigmoid, tanh } from "../math.ts";
import type { Part } from "../program.ts";
import { intAttribute, type Operator } from "./operator.ts";
import {
  type Cell,
  type CellKind,
  checkRecurrent,
  columnsOf,
  multiplied,
  rowsOf,
  summed,
  timed,
  type Unroll,
} from "./recurrent.ts";
import { emitLinear, scaled } from "./steps.ts";

function kindOf(resetsLast: boolean): CellKind {
  return {
    gates: 3,
    states: 1,
    initial: [5],
    float: (cell, x, [h]) => [floatStep(cell, resetsLast, x, h)],
    plan: (unroll, cell, x, state) => [planStep(unroll, cell, resetsLast, x, state?.[0])],
  };
}

function floatStep(cell: Cell, resetsLast: boolean, x: Float64Array, h: Float64Array): Float64Array {
  const n = cell.hidden;
  const dot = (weights: Float64Array, row: number, values: Float64Array): number =>
    values.reduce((sum, value, k) => sum + weights[row * values.length + k] * value, 0);
  const gate = (row: number): number =>
    sigmoid(dot(cell.w, row, x) + dot(cell.r, row, h) + cell.wb[row] + cell.rb[row]);
  const reset = h.map((_, i) => gate(n + i));
  const kept = h.map((value, i) => reset[i] * value);
  return h.map((value, i) => {
    const row = 2 * n + i;
    const inner = resetsLast ? reset[i] * (dot(cell.r, row, h) + cell.rb[row]) : dot(cell.r, row, kept) + cell.rb[row];
    const candidate = tanh(dot(cell.w, row, x) + cell.wb[row] + inner);
    const z = gate(i);
    return (1 - z) * candidate + z * value;
  });
}

function planStep(unroll: Unroll, cell: Cell, resetsLast: boolean, x: string, h: string | undefined): string {
  const { planner, batch } = unroll;
  const n = cell.hidden;
  const gates = { name: planner.fresh(`${planner.node.name} sigmoid`), shape: [batch, 2 * n] };
  const gateParts: Part[] = [rowsOf(cell.w, cell.inputs, 0, 2 * n, x)];
  if (h !== undefined) gateParts.push(rowsOf(cell.r, n, 0, 2 * n, h));
  emitLinear(planner, gates, {
    parts: gateParts,
    bias: { shape: [2 * n], data: summed(cell.wb, cell.rb).slice(0, 2 * n) },
    activation: { name: "sigmoid" },
  });
  const update = columnsOf(unroll, gates.name, 0, n);
  const reset = columnsOf(unroll, gates.name, n, 2 * n);
  const candidate = { name: planner.fresh(`${planner.node.name} tanh`), shape: [batch, n] };
  const rb = cell.rb.slice(2 * n);
  const inner = resetsLast ? resetAfter(unroll, cell, reset, rb, h) : resetBefore(unroll, cell, reset, h);
  emitLinear(planner, candidate, {
    parts: [rowsOf(cell.w, cell.inputs, 2 * n, 3 * n, x), ...inner],
    bias: { shape: [n], data: resetsLast ? cell.wb.slice(2 * n) : summed(cell.wb, cell.rb).slice(2 * n) },
    activation: { name: "tanh" },
  });
  const next = timed(unroll, "h", n);
  const kept = h === undefined ? [] : [multiplied(update, h)];
  emitLinear(planner, next, {
    parts: [scaled(candidate.name, 1), multiplied(update, candidate.name, -1), ...kept],
  });
  return next.name;
}

/** r·(R h + b) */
function resetAfter(unroll: Unroll, cell: Cell, reset: string, rb: Float64Array, h: string | undefined): Part[] {
  const n = cell.hidden;
  if (h === undefined) return [{ kind: "scale", x: reset, shape: [1, n], factors: rb }];
  const inner = timed(unroll, "inner", n);
  emitLinear(unroll.planner, inner, {
    parts: [rowsOf(cell.r, n, 2 * n, 3 * n, h)],
    bias: { shape: [n], data: rb },
  });
  return [multiplied(reset, inner.name)];
}

/** R (r·h) */
function resetBefore(unroll: Unroll, cell: Cell, reset: string, h: string | undefined): Part[] {
  if (h === undefined) return [];
  const n = cell.hidden;
  const inner = timed(unroll, "inner", n);
  emitLinear(unroll.planner, inner, { parts: [multiplied(reset, h)] });
  return [rowsOf(cell.r, n, 2 * n, 3 * n, inner.name)];
}

export const gru: Operator = {
  op: "GRU",
  takes: "every direction, both places of the reset gate; constant weights, zero initial state, full lengths, layout 0",
  check: (context) => checkRecurrent(context, kindOf(intAttribute(context.node, "linear_before_reset", 0) !== 0)),
};
