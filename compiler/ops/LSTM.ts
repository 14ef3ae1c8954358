/** Gates in the order i, o, f, c: c' = f·c + i·tanh(..), h = o·tanh(c'). The three sigmoids are one step. */

import { sigmoid, tanh } from "../math.ts";
import type { ContractPart, Part } from "../program.ts";
import { accumulateContract } from "../steps/contract.ts";
import type { Operator } from "./operator.ts";
import { type CellKind, checkRecurrent, columnsOf, multiplied, rowsOf, summed, timed } from "./recurrent.ts";
import { emitLinear, scaled } from "./steps.ts";

const KIND: CellKind = {
  gates: 4,
  states: 2,
  initial: [5, 6],
  float: (cell, x, [h, c]) => {
    const n = cell.hidden;
    const sums = summed(cell.wb, cell.rb);
    accumulateContract(sums, whole(cell.w, x.length, 4 * n), x, [1, x.length]);
    accumulateContract(sums, whole(cell.r, n, 4 * n), h, [1, n]);
    const next = c.map((old, i) => sigmoid(sums[2 * n + i]) * old + sigmoid(sums[i]) * tanh(sums[3 * n + i]));
    return [next.map((value, i) => sigmoid(sums[n + i]) * tanh(value)), next];
  },
  plan: (unroll, cell, x, state) => {
    const { planner, batch } = unroll;
    const n = cell.hidden;
    const bias = summed(cell.wb, cell.rb);
    const gate = (from: number, to: number, name: "sigmoid" | "tanh"): string => {
      const output = { name: planner.fresh(`${planner.node.name} ${name}`), shape: [batch, to - from] };
      const parts: Part[] = [rowsOf(cell.w, cell.inputs, from, to, x)];
      if (state) parts.push(rowsOf(cell.r, n, from, to, state[0]));
      emitLinear(planner, output, {
        parts,
        bias: { shape: [to - from], data: bias.slice(from, to) },
        activation: { name },
      });
      return output.name;
    };
    const gates = gate(0, 3 * n, "sigmoid");
    const candidate = gate(3 * n, 4 * n, "tanh");
    const [input, out, forget] = [0, 1, 2].map((k) => columnsOf(unroll, gates, k * n, (k + 1) * n));
    const c = timed(unroll, "c", n);
    const kept = state ? [multiplied(forget, state[1])] : [];
    emitLinear(planner, c, { parts: [multiplied(input, candidate), ...kept] });
    const limited = { name: planner.fresh(`${planner.node.name} tanh c`), shape: [batch, n] };
    emitLinear(planner, limited, { parts: [scaled(c.name, 1)], activation: { name: "tanh" } });
    const h = timed(unroll, "h", n);
    emitLinear(planner, h, { parts: [multiplied(out, limited.name)] });
    return [h.name, c.name];
  },
};

function whole(weights: Float64Array, inN: number, outN: number): ContractPart {
  return { kind: "contract", x: "", axis: 1, inN, outN, weights };
}

export const lstm: Operator = {
  op: "LSTM",
  takes: "every direction; constant weights, zero initial states, full lengths, no peepholes, layout 0",
  check: (context) => checkRecurrent(context, KIND),
};
