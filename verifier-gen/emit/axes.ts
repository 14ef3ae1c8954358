/**
 * What the axes of a weight term weigh at x, as expressions (the fast forms of `core/weights.ts`).
 *
 *     geometric   sum_{j<n} r^j                       S_{k+1} = S_k (1 + r^(2^k)); bits of n from the lowest: S_k + r^(2^k)·(sum below)
 *     eq          sum_{j<n} eq(u, j) r^j              F_{k+1} = F_k (1 - u_k + u_k r^(2^k)) for 2^k indices; shorter ranges from the
 *                                                     lowest bit: V' = F_{k+1} - u_k r^(2^k) (F_k - V) where bit k of n is set,
 *                                                     V' = (1 - u_k) V where it is not
 *     window      x^-pad·(sum_o (tau^row x^stride)^o)·(sum_k eq_k x^(dilation k)) minus the pairs outside the input, grouped by position
 */
import type { WindowAxis } from "../../core/circuit.ts";
import type { WeightAxis, WeightPlainAxis } from "../../core/weights.ts";
import type { Node } from "../graph/expression.ts";
import { sum } from "../graph/expression.ts";
import type { Symbols } from "../symbols.ts";

/** A ratio r by its squares r^(2^k). */
interface Ratio {
  readonly isOne: boolean;
  /** True for r = x, whose geometric sum has a closed form: the opening's inverse provides 1/(x - 1). */
  readonly isPoint: boolean;
  square(k: number): Node;
}

export function axisWeight(symbols: Symbols, axis: WeightAxis): Node {
  return axis.kind === "plain" ? plainWeight(symbols, axis) : windowWeight(symbols, axis);
}

function monomialRatio({ graph }: Symbols, tau: number, point: number): Ratio {
  return {
    isOne: tau === 0 && point === 0,
    isPoint: tau === 0 && point === 1,
    square: (k) => graph.monomial(tau * 2 ** k, point * 2 ** k),
  };
}

function plainWeight(symbols: Symbols, axis: WeightPlainAxis): Node {
  const { graph } = symbols;
  const ratio =
    axis.base === undefined
      ? monomialRatio(symbols, axis.row, axis.cell)
      : scaledRatio(symbols, axis.base, axis.row, axis.cell);
  if (axis.vars === undefined) return geometric(symbols, ratio, axis.n);
  const first = axis.first ?? 0;
  if (first === 0) return eqSum(symbols, axis.vars.first, axis.vars.count, ratio, axis.n);
  const upTo = (n: number): Node => eqSum(symbols, axis.vars!.first, axis.vars!.count, ratio, n);
  return graph.multiply(graph.subtract(upTo(first + axis.n), upTo(first)), graph.monomial(0, -first * axis.cell));
}

/** base·tau^row·x^cell */
function scaledRatio({ graph }: Symbols, base: bigint, tau: number, point: number): Ratio {
  const squares = [graph.multiply(graph.constant(base), graph.monomial(tau, point))];
  return {
    isOne: false,
    isPoint: false,
    square(k) {
      while (squares.length <= k)
        squares.push(graph.multiply(squares[squares.length - 1], squares[squares.length - 1]));
      return squares[k];
    },
  };
}

/** sum_{j<n} tau^j */
export function tauSum(symbols: Symbols, n: number): Node {
  return geometric(symbols, monomialRatio(symbols, 1, 0), n);
}

function geometric({ graph }: Symbols, ratio: Ratio, n: number): Node {
  const one = graph.constant(1);
  if (ratio.isPoint && n > 3)
    return graph.multiply(graph.subtract(graph.monomial(0, n), one), graph.load(POINT_GAP_INVERSE, true));
  const full = (k: number): Node => (k === 0 ? one : graph.multiply(full(k - 1), graph.add(one, ratio.square(k - 1))));
  let below: Node | undefined;
  for (let k = 0; 2 ** k <= n; k++) {
    if (Math.floor(n / 2 ** k) % 2 === 0) continue;
    below = below === undefined ? full(k) : graph.add(full(k), graph.multiply(ratio.square(k), below));
  }
  return below ?? graph.constant(0);
}

/** 1/(x - 1) */
export const POINT_GAP_INVERSE = "add(POINT_MPTR, 0x20)";

function eqSum({ graph, u, complementOf }: Symbols, first: number, count: number, ratio: Ratio, n: number): Node {
  const one = graph.constant(1);
  const weighted = (k: number): Node => graph.multiply(u(first + k), ratio.square(k));
  const full = (k: number): Node =>
    k === 0 || ratio.isOne ? one : graph.multiply(full(k - 1), graph.add(complementOf(first + k - 1), weighted(k - 1)));
  if (n >= 2 ** count) return full(count);

  let value: Node | undefined;
  let zeros = one;
  for (let k = 0; k < count; k++) {
    const isSet = Math.floor(n / 2 ** k) % 2 === 1;
    if (value === undefined) {
      if (isSet) value = graph.multiply(complementOf(first + k), full(k));
      continue;
    }
    if (!isSet) {
      zeros = graph.multiply(zeros, complementOf(first + k));
      continue;
    }
    value = graph.multiply(value, zeros);
    zeros = one;
    value = graph.subtract(full(k + 1), graph.multiply(weighted(k), graph.subtract(full(k), value)));
  }
  return value === undefined ? graph.constant(0) : graph.multiply(value, zeros);
}

/** eq(u[first..first+count), index) */
export function eqAt(symbols: Symbols, first: number, count: number, index: number): Node {
  const { graph, u, complementOf } = symbols;
  if (count === 0) return graph.constant(1);
  const top = 2 ** (count - 1);
  const factor = index >= top ? u(first + count - 1) : complementOf(first + count - 1);
  return graph.multiply(eqAt(symbols, first, count - 1, index % top), factor);
}

function windowWeight(symbols: Symbols, axis: WindowAxis): Node {
  const { graph } = symbols;
  const { outN, kernelN, stride, dilation, pad, inputN, cell, row, vars } = axis;
  const steps = monomialRatio(symbols, 0, dilation * cell);
  const kernel = vars ? eqSum(symbols, vars.first, vars.count, steps, kernelN) : geometric(symbols, steps, kernelN);
  const outputs = geometric(symbols, monomialRatio(symbols, row, stride * cell), outN);
  const all = graph.multiply(graph.multiply(outputs, kernel), graph.monomial(0, -pad * cell));

  const outside = new Map<number, Node[]>();
  for (let o = 0; o < outN; o++) {
    for (let k = 0; k < kernelN; k++) {
      const i = stride * o + dilation * k - pad;
      if (i >= 0 && i < inputN) continue;
      const weight = vars ? eqAt(symbols, vars.first, vars.count, k) : graph.constant(1);
      outside.set(i, [...(outside.get(i) ?? []), graph.multiply(weight, graph.monomial(row * o, 0))]);
    }
  }
  const missing = [...outside].map(([i, weights]) => ({ coefficient: sum(graph, weights), point: i * cell }));
  return graph.subtract(all, monomialSum(symbols, missing));
}

export interface MonomialTerm {
  readonly coefficient: Node;
  /** Power of x. */
  readonly point: number;
}

/** sum of coefficient·x^point: Horner's rule over the gaps between sorted powers. */
export function monomialSum({ graph }: Symbols, terms: readonly MonomialTerm[]): Node {
  const byPower = new Map<number, Node>();
  for (const { coefficient, point } of terms)
    byPower.set(point, graph.add(byPower.get(point) ?? graph.constant(0), coefficient));
  const sorted = [...byPower].sort(([a], [b]) => b - a);
  if (sorted.length === 0) return graph.constant(0);
  let [power, value] = sorted[0];
  for (const [next, coefficient] of sorted.slice(1)) {
    value = graph.add(graph.multiply(value, graph.monomial(0, power - next)), coefficient);
    power = next;
  }
  return graph.multiply(value, graph.monomial(0, power));
}
