/**
 * Structured weight vectors: what a linear claim <weights, column> = value multiplies each cell with.
 *
 * A weight term is a box over one column. The cell offset + sum_a p_a carries coef · tau^tauPower · prod_a v_a, where axis a
 * contributes a position p_a and a value v_a:
 *
 *     plain    index j < n:  p = j·cell,  v = tau^(j·row) · base^j · (eq(u[vars], first + j) if vars)
 *     window   pair (o, k) inside the input:  p = i·cell,  v = tau^(o·row) · (eq(u[vars], k) if vars),
 *              i = stride·o + dilation·k - pad
 *
 * Because positions add and values multiply, the polynomial W(X) = sum_p weight_p X^p is a product over the axes, each of which
 * the verifier evaluates in O(log n) (plain) or O(kernel) (window). This file is the readable evaluator: windows are summed pair
 * by pair. The prover expands the same terms into vectors; the generator emits the fast formulas.
 */
import type { PlainAxis, WindowAxis } from "./circuit.ts";
import { add, inv, mul, pow, sub } from "./field.ts";

export type ColumnKind = "witness" | "helper" | "fixed" | "committed";

export interface ColumnId {
  readonly kind: ColumnKind;
  readonly index: number;
}

export interface WeightPlainAxis extends PlainAxis {
  /** Constant ratio between neighbours besides tau and eq; 1 when absent. */
  readonly base?: bigint;
  /** Index j is eq(u[vars], first + j); 0 when absent. */
  readonly first?: number;
}

export type WeightAxis = WeightPlainAxis | WindowAxis;

export interface WeightTerm {
  readonly column: ColumnId;
  readonly offset: number;
  readonly coef: bigint;
  readonly tauPower: number;
  readonly axes: readonly WeightAxis[];
}

/** Where axis values come from: the row challenge and the sumcheck point. */
export interface WeightPoint {
  readonly tau: bigint;
  readonly u: readonly bigint[];
}

/** sum_{j<n} x^j by doubling. */
export function geometricSum(x: bigint, n: number): bigint {
  let sum = 0n;
  let power = 1n;
  for (const bit of n.toString(2)) {
    sum = mul(sum, add(1n, power));
    power = mul(power, power);
    if (bit === "1") {
      sum = add(mul(sum, x), 1n);
      power = mul(power, x);
    }
  }
  return sum;
}

/** sum_{j<n} eq(point, j)·x^j; bit k of j is bound to point[k], n <= 2^point.length. */
export function eqSum(point: readonly bigint[], x: bigint, n: number): bigint {
  const squares = [x];
  for (let k = 1; k < point.length; k++) squares.push(mul(squares[k - 1], squares[k - 1]));
  if (n >= 2 ** point.length) return fullEqSum(point, squares, point.length);
  let sum = 0n;
  let prefix = 1n;
  for (let k = point.length - 1; k >= 0; k--) {
    const zero = mul(prefix, sub(1n, point[k]));
    if (Math.floor(n / 2 ** k) % 2 === 0) {
      prefix = zero;
      continue;
    }
    sum = add(sum, mul(zero, fullEqSum(point, squares, k)));
    prefix = mul(prefix, mul(point[k], squares[k]));
  }
  return sum;
}

/** sum_{j<n} eq(point, first + j)·x^j */
function eqRangeSum(point: readonly bigint[], x: bigint, first: number, n: number): bigint {
  if (first === 0) return eqSum(point, x, n);
  return mul(sub(eqSum(point, x, first + n), eqSum(point, x, first)), inv(pow(x, first)));
}

/** prod_{k<count} (1 - p_k + p_k·x^(2^k)) */
function fullEqSum(point: readonly bigint[], squares: readonly bigint[], count: number): bigint {
  let product = 1n;
  for (let k = 0; k < count; k++) product = mul(product, add(1n, mul(point[k], sub(squares[k], 1n))));
  return product;
}

/** eq(point, index), bit k of index bound to point[k]. */
export function eqAt(point: readonly bigint[], index: number): bigint {
  let product = 1n;
  point.forEach((value, k) => {
    product = mul(product, Math.floor(index / 2 ** k) % 2 === 1 ? value : sub(1n, value));
  });
  return product;
}

function axisPoint(axis: PlainAxis | WindowAxis, u: readonly bigint[]): readonly bigint[] {
  return axis.vars ? u.slice(axis.vars.first, axis.vars.first + axis.vars.count) : [];
}

/** Pairs of a window axis that fall inside the input. */
function* windowPairs(axis: WindowAxis): Generator<{ o: number; k: number; i: number }> {
  for (let o = 0; o < axis.outN; o++) {
    for (let k = 0; k < axis.kernelN; k++) {
      const i = axis.stride * o + axis.dilation * k - axis.pad;
      if (i >= 0 && i < axis.inputN) yield { o, k, i };
    }
  }
}

/** Value of pair weights of a window axis: tau^(o·row) for every o, eq or 1 for every k. */
function windowFactors(axis: WindowAxis, at: WeightPoint): { rows: bigint[]; kernel: bigint[] } {
  const ratio = pow(at.tau, axis.row);
  const rows: bigint[] = [];
  for (let o = 0, value = 1n; o < axis.outN; o++, value = mul(value, ratio)) rows.push(value);
  const point = axisPoint(axis, at.u);
  const kernel = Array.from({ length: axis.kernelN }, (_, k) => (axis.vars ? eqAt(point, k) : 1n));
  return { rows, kernel };
}

function axisAt(axis: WeightAxis, at: WeightPoint, z: bigint): bigint {
  if (axis.kind === "plain") {
    const x = mul(mul(pow(at.tau, axis.row), axis.base ?? 1n), pow(z, axis.cell));
    return axis.vars ? eqRangeSum(axisPoint(axis, at.u), x, axis.first ?? 0, axis.n) : geometricSum(x, axis.n);
  }
  const { rows, kernel } = windowFactors(axis, at);
  const x = pow(z, axis.cell);
  const powers = [1n];
  for (let i = 1; i < axis.inputN; i++) powers.push(mul(powers[i - 1], x));
  let sum = 0n;
  for (const { o, k, i } of windowPairs(axis)) sum = add(sum, mul(mul(rows[o], kernel[k]), powers[i]));
  return sum;
}

/** W(z) of one term. */
export function weightAt(term: WeightTerm, at: WeightPoint, z: bigint): bigint {
  let value = mul(mul(term.coef, pow(at.tau, term.tauPower)), pow(z, term.offset));
  for (const axis of term.axes) value = mul(value, axisAt(axis, at, z));
  return value;
}
