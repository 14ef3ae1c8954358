/**
 * Any contraction. Operands are taken two at a time; each pair becomes
 *
 *     [batch, m, k] with [batch, n, k] to [batch, m, n]
 *
 * where batch are the labels both have and a later operand or the result needs, and k those nobody needs any more.
 */
import { broadcastStrides, forEachIndex, sizeOf, stridesOf, type Tensor, tensor } from "../tensor.ts";
import { emitBatchedMap } from "./contraction.ts";
import { type Equation, readEquation } from "./einsum-equation.ts";
import { inputType, type Operator, type PlanInput, type Planner, unsupported } from "./operator.ts";
import { emitLinear } from "./steps.ts";
import { expanded, finish, type Named, permuted, picked, reshaped } from "./views.ts";

export const einsum: Operator = {
  op: "Einsum",
  takes: "any contraction of tensors and constants",
  check: (context) => {
    const types = context.node.inputs.map((_, index) => inputType(context, index));
    const equation = readEquation(
      context,
      types.map((type) => type.shape),
    );
    const shape = equation.output.map((label) => sizeOfLabel(equation, label));
    return {
      outputs: [{ dtype: types[0].dtype, shape }],
      float: (inputs) => [tensor(shape, evaluate(equation, inputs), types[0].dtype)],
      plan: (planner) => planEinsum(planner, equation),
    };
  },
};

const sizeOfLabel = ({ sizes }: Equation, label: string): number => sizes.get(label) as number;

/** The definition: for every index of every label, the product of one element of each operand. */
function evaluate(equation: Equation, inputs: readonly Pick<Tensor, "shape" | "data">[]): Float64Array {
  const { inputs: terms, output } = equation;
  const labels = [...new Set([...output, ...terms.flat()])];
  const sizes = labels.map((label) => sizeOfLabel(equation, label));
  const outSizes = output.map((label) => sizeOfLabel(equation, label));
  const out = new Float64Array(sizeOf(outSizes));
  const strides = inputs.map((input, i) => {
    const own = broadcastStrides(input.shape, input.shape);
    return labels.map((label) => terms[i].reduce((sum, name, axis) => sum + (name === label ? own[axis] : 0), 0));
  });
  const outStrides = stridesOf(outSizes);
  const allStrides = stridesOf(sizes);
  forEachIndex(sizes, allStrides, (position) => {
    const index = sizes.map((n, i) => Math.floor(position / allStrides[i]) % n);
    const offset = (steps: readonly number[]): number => steps.reduce((sum, step, i) => sum + step * index[i], 0);
    const product = inputs.reduce((value, { data }, i) => value * data[offset(strides[i])], 1);
    out[offset(labels.map((_, i) => outStrides[i] ?? 0))] += product;
  });
  return out;
}

/** A tensor or a constant, with a label for every axis, each once. */
type Operand = { readonly labels: readonly string[] } & (
  | { readonly kind: "tensor"; readonly x: Named }
  | { readonly kind: "constant"; readonly data: Float64Array }
);

function planEinsum(planner: Planner, equation: Equation): void {
  const operands = planner.inputs.map((input, i) =>
    labelled(planner, equation, input as PlanInput, equation.inputs[i]),
  );
  const [first, ...rest] = operands;
  const result = rest.reduce(
    (left, right, i) => {
      const needed = new Set([...equation.output, ...rest.slice(i + 1).flatMap(({ labels }) => labels)]);
      return contracted(planner, equation, left, right, needed);
    },
    rest.length === 0 ? summed(planner, equation, first, new Set(equation.output)) : first,
  );
  if (result.kind === "constant") unsupported(planner.node, "nothing depends on the input", "fold the node");
  finish(planner, arranged(planner, equation, result, equation.output).x);
}

/** Repeated labels read as diagonals; axes of length 1 that others have longer are widened. */
function labelled(planner: Planner, equation: Equation, input: PlanInput, term: readonly string[]): Operand {
  const labels = [...new Set(term)];
  const shape = labels.map((label) => sizeOfLabel(equation, label));
  if (input.kind === "constant") {
    const data = evaluate({ ...equation, inputs: [term], output: labels }, [input.tensor]);
    return { kind: "constant", labels, data };
  }
  if (labels.length === term.length) {
    const x = input.shape.every((n, axis) => n === shape[axis]) ? input : expanded(planner, input, shape);
    return { kind: "tensor", labels, x };
  }
  const positions = Float64Array.from({ length: sizeOf(input.shape) }, (_, i) => i);
  const diagonal = evaluate({ ...equation, inputs: [term], output: labels }, [{ shape: input.shape, data: positions }]);
  return { kind: "tensor", labels, x: picked(planner, input, shape, Int32Array.from(diagonal)) };
}

/** Sums over the labels that are not needed. */
function summed(planner: Planner, equation: Equation, operand: Operand, needed: ReadonlySet<string>): Operand {
  const labels = operand.labels.filter((label) => needed.has(label));
  if (labels.length === operand.labels.length) return operand;
  const shape = labels.map((label) => sizeOfLabel(equation, label));
  if (operand.kind === "constant") {
    const source = { shape: operand.labels.map((label) => sizeOfLabel(equation, label)), data: operand.data };
    return {
      kind: "constant",
      labels,
      data: evaluate({ ...equation, inputs: [operand.labels], output: labels }, [source]),
    };
  }
  const axes = operand.labels.flatMap((label, axis) => (needed.has(label) ? [] : [axis]));
  const output = { name: planner.fresh(operand.x.name), shape };
  emitLinear(planner, output, { parts: [{ kind: "sum", x: operand.x.name, axes, factor: 1 }] });
  return { kind: "tensor", labels, x: output };
}

function arranged(
  planner: Planner,
  equation: Equation,
  operand: Extract<Operand, { kind: "tensor" }>,
  order: readonly string[],
): { x: Named };
function arranged(
  planner: Planner,
  equation: Equation,
  operand: Operand,
  order: readonly string[],
): { x?: Named; data?: Float64Array };
function arranged(planner: Planner, equation: Equation, operand: Operand, order: readonly string[]) {
  if (operand.kind === "tensor") {
    return {
      x: permuted(
        planner,
        operand.x,
        order.map((label) => operand.labels.indexOf(label)),
      ),
    };
  }
  const source = { shape: operand.labels.map((label) => sizeOfLabel(equation, label)), data: operand.data };
  return { data: evaluate({ ...equation, inputs: [operand.labels], output: order }, [source]) };
}

function contracted(
  planner: Planner,
  equation: Equation,
  left: Operand,
  right: Operand,
  needed: ReadonlySet<string>,
): Operand {
  const a = summed(planner, equation, left, new Set([...needed, ...right.labels]));
  const b = summed(planner, equation, right, new Set([...needed, ...left.labels]));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const inner = shared.filter((label) => !needed.has(label));
  const [rows, columns] = [a, b].map(({ labels }) => labels.filter((label) => !shared.includes(label)));
  const size = (labels: readonly string[]): number => sizeOf(labels.map((label) => sizeOfLabel(equation, label)));
  const [p, m, n, k] = [size(batch), size(rows), size(columns), size(inner)];
  const matrix = (operand: Operand, free: readonly string[]) => {
    const { x, data } = arranged(planner, equation, operand, [...batch, ...free, ...inner]);
    return { x: x && reshaped(planner, x, [p, size(free), k]), data };
  };
  if (a.kind === "constant" && b.kind === "constant") {
    const labels = [...batch, ...rows, ...columns];
    const pair = [a, b].map(({ labels: own, data }) => ({
      shape: own.map((label) => sizeOfLabel(equation, label)),
      data,
    }));
    return {
      kind: "constant",
      labels,
      data: evaluate({ ...equation, inputs: [a.labels, b.labels], output: labels }, pair),
    };
  }
  const [l, r] = [matrix(a, rows), matrix(b, columns)];
  const split = (x: Named, labels: readonly string[]): Operand => {
    return {
      kind: "tensor",
      labels,
      x: reshaped(
        planner,
        x,
        labels.map((label) => sizeOfLabel(equation, label)),
      ),
    };
  };
  if (l.x && r.data) return split(emitBatchedMap(planner, l.x, n, r.data), [...batch, ...columns, ...rows]);
  if (r.x && l.data) return split(emitBatchedMap(planner, r.x, m, l.data), [...batch, ...rows, ...columns]);
  const product = { name: planner.fresh(planner.node.name), shape: [p, m, n] };
  const [x, y] = [l.x as Named, r.x as Named];
  emitLinear(planner, product, { parts: [{ kind: "product", x: x.name, y: y.name, contracts: true, factor: 1 }] });
  return split(product, [...batch, ...rows, ...columns]);
}
