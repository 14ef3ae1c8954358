/** h' = f(W x + R h + b), f tanh, Relu or Sigmoid. */
import { type Activation, evaluateActivation } from "../activation.ts";
import type { Part } from "../program.ts";
import { type NodeContext, type Operator, unsupported } from "./operator.ts";
import { type Cell, type CellKind, checkRecurrent, rowsOf, summed, timed, type Unroll } from "./recurrent.ts";
import { emitLinear, RELU } from "./steps.ts";

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  Tanh: { name: "tanh" },
  Relu: RELU,
  Sigmoid: { name: "sigmoid" },
};

export const rnn: Operator = {
  op: "RNN",
  takes: "every direction, Tanh, Relu or Sigmoid; constant weights, zero initial state, full lengths, layout 0",
  check: (context) => {
    const { activations: _read, ...attributes } = context.node.attributes;
    return checkRecurrent({ ...context, node: { ...context.node, attributes } }, kindOf(activationOf(context)));
  },
};

function activationOf({ node }: NodeContext): Activation {
  const attribute = node.attributes["activations"];
  const names = attribute?.kind === "strings" ? attribute.value : ["Tanh"];
  const activation = ACTIVATIONS[names[0] ?? ""];
  if (activation === undefined || names.some((name) => name !== names[0]))
    unsupported(node, `the activations are ${names.join(", ")}`, "use Tanh, Relu or Sigmoid in every direction");
  return activation;
}

function kindOf(activation: Activation): CellKind {
  return {
    gates: 1,
    states: 1,
    initial: [5],
    float: (cell, x, [h]) => [floatStep(cell, activation, x, h)],
    plan: (unroll, cell, x, state) => [planStep(unroll, cell, activation, x, state?.[0])],
  };
}

function floatStep(cell: Cell, activation: Activation, x: Float64Array, h: Float64Array): Float64Array {
  const dot = (weights: Float64Array, row: number, values: Float64Array): number =>
    values.reduce((sum, value, k) => sum + weights[row * values.length + k] * value, 0);
  return h.map((_, i) =>
    evaluateActivation(activation, dot(cell.w, i, x) + dot(cell.r, i, h) + cell.wb[i] + cell.rb[i]),
  );
}

function planStep(unroll: Unroll, cell: Cell, activation: Activation, x: string, h: string | undefined): string {
  const n = cell.hidden;
  const next = timed(unroll, "h", n);
  const parts: Part[] = [rowsOf(cell.w, cell.inputs, 0, n, x)];
  if (h !== undefined) parts.push(rowsOf(cell.r, n, 0, n, h));
  emitLinear(unroll.planner, next, { parts, bias: { shape: [n], data: summed(cell.wb, cell.rb) }, activation });
  return next.name;
}
