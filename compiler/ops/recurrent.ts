/** What GRU and LSTM share: directions, parameters, the unrolled sequence, float values. */
import type { Part } from "../program.ts";
import { type Tensor, tensor } from "../tensor.ts";
import {
  badShape,
  inputConstant,
  inputType,
  intAttribute,
  type Meaning,
  type NodeContext,
  type Planner,
  type PlanOutput,
  stringAttribute,
  tensorInput,
  unsupported,
} from "./operator.ts";
import { emitView } from "./steps.ts";

/** Weights of one direction: w [gates·hidden, inputs], r [gates·hidden, hidden], the two biases added by whoever may. */
export interface Cell {
  readonly hidden: number;
  readonly inputs: number;
  readonly w: Float64Array;
  readonly r: Float64Array;
  readonly wb: Float64Array;
  readonly rb: Float64Array;
}

export interface CellKind {
  readonly gates: number;
  /** Values carried from step to step: h, and c of an LSTM. */
  readonly states: number;
  /** Places of the initial states among the inputs. */
  readonly initial: readonly number[];
  readonly float: (cell: Cell, x: Float64Array, state: readonly Float64Array[]) => Float64Array[];
  /** One step; states are undefined while they are zero. */
  readonly plan: (unroll: Unroll, cell: Cell, x: string, state: readonly string[] | undefined) => string[];
}

export interface Unroll {
  readonly planner: Planner;
  readonly batch: number;
  /** Names of one tensor at all times; they get one scale, so that they share weights. */
  readonly same: Map<string, PlanOutput[]>;
}

/** A tensor of shape [batch, n] of one time, in the group `label`. */
export function timed({ planner, batch, same }: Unroll, label: string, n: number): PlanOutput {
  const output = { name: planner.fresh(`${planner.node.name} ${label}`), shape: [batch, n] };
  same.set(label, [...(same.get(label) ?? []), output]);
  return output;
}

/** Rows from..to of a matrix of `columns` columns, as a contraction. */
export function rowsOf(weights: Float64Array, columns: number, from: number, to: number, x: string): Part {
  const part = weights.slice(from * columns, to * columns);
  return { kind: "contract", x, axis: 1, inN: columns, outN: to - from, weights: part };
}

export function multiplied(x: string, y: string, factor = 1): Part {
  return { kind: "product", x, y, contracts: false, factor };
}

export function summed(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}

/** Columns [from, to) of a tensor of the shape [batch, n]. */
export function columnsOf({ planner, batch }: Unroll, x: string, from: number, to: number): string {
  const output = { name: planner.fresh(x), shape: [batch, to - from] };
  emitView(planner, [x], output, { name: "slice", axis: 1, start: from, step: 1 });
  return output.name;
}

export function checkRecurrent(context: NodeContext, kind: CellKind): Meaning {
  const { node } = context;
  const x = inputType(context, 0);
  const [w, r] = [inputConstant(context, 1, "W"), inputConstant(context, 2, "R")];
  if (x.shape.length !== 3 || w.shape.length !== 3 || r.shape.length !== 3)
    badShape(node, "X, W and R must have 3 axes");
  const [length, batch, inputs] = x.shape;
  const direction = stringAttribute(node, "direction", "forward");
  const directions = direction === "bidirectional" ? 2 : 1;
  const hidden = intAttribute(node, "hidden_size", r.shape[2]);
  const rows = kind.gates * hidden;
  if (w.shape.join() !== [directions, rows, inputs].join() || r.shape.join() !== [directions, rows, hidden].join())
    badShape(node, `W [${w.shape}] and R [${r.shape}] do not fit X [${x.shape}] and ${directions} x ${rows} rows`);
  refuseVariants(context, kind, length);
  const b = context.types[3] ? inputConstant(context, 3, "B").data : new Float64Array(2 * rows * directions);
  if (b.length !== 2 * rows * directions) badShape(node, `B has ${b.length} elements, not ${2 * rows * directions}`);
  const cells = Array.from({ length: directions }, (_, d): Cell => {
    const biases = b.subarray(d * 2 * rows, (d + 1) * 2 * rows);
    return {
      hidden,
      inputs,
      w: w.data.slice(d * rows * inputs, (d + 1) * rows * inputs),
      r: r.data.slice(d * rows * hidden, (d + 1) * rows * hidden),
      wb: biases.slice(0, rows),
      rb: biases.slice(rows),
    };
  });
  const isReverse = (d: number): boolean => direction === "reverse" || d === 1;
  const sizes: Sizes = { length, batch, directions, hidden };
  const last = { dtype: x.dtype, shape: [directions, batch, hidden] };
  return {
    outputs: [{ dtype: x.dtype, shape: [length, directions, batch, hidden] }, ...kind.initial.map(() => last)],
    float: ([input]) => floatSequence(kind, cells, isReverse, sizes, input),
    plan: (planner) => planSequence(planner, kind, cells, isReverse, sizes),
  };
}

interface Sizes {
  readonly length: number;
  readonly batch: number;
  readonly directions: number;
  readonly hidden: number;
}

function refuseVariants({ node, types, constants }: NodeContext, { initial }: CellKind, length: number): void {
  for (const name of ["activations", "clip", "activation_alpha", "activation_beta"]) {
    if (node.attributes[name] !== undefined)
      unsupported(node, `the attribute ${name} is given`, `export the model without ${name}`);
  }
  if (intAttribute(node, "layout", 0) !== 0)
    unsupported(node, "the batch is the first axis (layout 1)", "export with layout 0 and transpose around the node");
  if (intAttribute(node, "input_forget", 0) !== 0)
    unsupported(node, "input and forget gate are coupled", "export the model without input_forget");
  if (types[4] && !(constants[4]?.data.every((n) => n === length) ?? false))
    unsupported(
      node,
      "sequences are shorter than the tensor",
      "leave sequence_lens out: every sequence has full length",
    );
  for (const index of initial) {
    if (types[index] && !(constants[index]?.data.every((value) => value === 0) ?? false))
      unsupported(node, "an initial state is not constant zero", "start from zero states");
  }
  if (types[7]?.shape.length && !(constants[7]?.data.every((value) => value === 0) ?? false))
    unsupported(node, "peephole weights are given", "export the model without peepholes");
}

function floatSequence(
  { float, states }: CellKind,
  cells: readonly Cell[],
  isReverse: (d: number) => boolean,
  { length, batch, directions, hidden }: Sizes,
  input: Tensor,
): Tensor[] {
  const y = new Float64Array(length * directions * batch * hidden);
  const finals = Array.from({ length: states }, () => new Float64Array(directions * batch * hidden));
  cells.forEach((cell, d) => {
    for (let b = 0; b < batch; b++) {
      let state = Array.from({ length: states }, () => new Float64Array(hidden));
      for (let i = 0; i < length; i++) {
        const t = isReverse(d) ? length - 1 - i : i;
        const at = (t * batch + b) * cell.inputs;
        state = float(cell, input.data.subarray(at, at + cell.inputs), state) as typeof state;
        y.set(state[0], ((t * directions + d) * batch + b) * hidden);
      }
      finals.forEach((final, s) => {
        final.set(state[s], (d * batch + b) * hidden);
      });
    }
  });
  const shape = [directions, batch, hidden];
  return [tensor([length, ...shape], y), ...finals.map((final) => tensor(shape, final))];
}

function planSequence(
  planner: Planner,
  kind: CellKind,
  cells: readonly Cell[],
  isReverse: (d: number) => boolean,
  { length, batch, directions, hidden }: Sizes,
): void {
  const x = tensorInput(planner, 0).name;
  const view = (from: string, shape: readonly number[]): string => {
    const output = { name: planner.fresh(from), shape };
    emitView(planner, [from], output, { name: "reshape" });
    return output.name;
  };
  const join = (names: readonly string[], axis: number, output: PlanOutput): void =>
    emitView(planner, names, output, { name: "concat", axis });
  const ys: string[] = [];
  const finals: string[][] = kind.initial.map(() => []);
  cells.forEach((cell, d) => {
    const unroll: Unroll = { planner, batch, same: new Map() };
    const hs = new Array<string>(length);
    let state: string[] | undefined;
    for (let i = 0; i < length; i++) {
      const t = isReverse(d) ? length - 1 - i : i;
      const slice = { name: planner.fresh(x), shape: [1, batch, cell.inputs] };
      emitView(planner, [x], slice, { name: "slice", axis: 0, start: t, step: 1 });
      state = kind.plan(unroll, cell, view(slice.name, [batch, cell.inputs]), state);
      hs[t] = view(state[0], [1, 1, batch, hidden]);
    }
    // Read by nothing: a concatenation gives its parts one scale, so that every time step has the same integer weights.
    for (const [label, outputs] of unroll.same) {
      const shape = [batch * outputs.length, outputs[0].shape[1]];
      const names = outputs.map(({ name }) => name);
      join(names, 0, { name: planner.fresh(`${planner.node.name} all ${label}`), shape });
    }
    const y = { name: planner.fresh(`${planner.node.name} y`), shape: [length, 1, batch, hidden] };
    join(hs, 0, y);
    ys.push(y.name);
    state?.forEach((name, s) => {
      finals[s].push(view(name, [1, batch, hidden]));
    });
  });
  const [all, ...last] = planner.outputs;
  if (all?.name) join(ys, 1, { name: all.name, shape: [length, directions, batch, hidden] });
  last.forEach(({ name }, s) => {
    if (name) join(finals[s], 0, { name, shape: [directions, batch, hidden] });
  });
}
