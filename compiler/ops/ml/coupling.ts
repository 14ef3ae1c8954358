/**
 * One probability for each class from probabilities r_ij of class i against j, r_ij + r_ji = 1 (Wu, Lin and Weng, "Probability estimates
 * for multi-class classification by pairwise coupling", JMLR 5, 2004, section 4.2): the p of sum 1 that minimizes
 *
 *     |M'p|^2 = sum over i < j of (r_ji·p_i - r_ij·p_j)^2
 *
 * The float meaning is the iteration of libsvm and onnxruntime, which stops where it is near enough. The integer meaning has a fixed number
 * of steps: with P the projection on vectors of sum 0, p solves PMM'p = 0, and Chebyshev's semi-iteration
 *
 *     u = M'p_m        p_(m+1) = p_m + beta_m·(p_m - p_(m-1)) - alpha_m·PM u
 *
 * needs constants alone. On vectors v of sum 0 and length 1, |M'v|^2 lies between 1/k and k - 1 for k classes: a pair adds the square of a
 * convex combination of v_i and -v_j, so at most r_ji·v_i^2 + r_ij·v_j^2, and at least min(v_i^2, v_j^2) where the two differ in sign.
 * MM' itself is not made: rounding it would lose that it has no negative eigenvalue, and near the answer u is small, and its rounding too.
 */
import type { Activation } from "../../activation.ts";
import { evaluateActivation } from "../../activation.ts";
import type { Part } from "../../program.ts";
import type { Planner, PlanOutput } from "../operator.ts";
import { emitLinear, scaled } from "../steps.ts";
import { expanded, finish, type Named, permuted, reshaped } from "../views.ts";

const SIGMOID: Activation = { name: "sigmoid" };

/** Pairs i < j in the order of the decisions. */
export function pairsOf(classes: number): [number, number][] {
  return Array.from({ length: classes }, (_, i) =>
    Array.from({ length: classes - i - 1 }, (_, k): [number, number] => [i, i + k + 1]),
  ).flat();
}

/** r_ij = sigmoid(-(a·d + b)) of the decision d of each pair. */
export interface PairSigmoids {
  readonly a: readonly number[];
  readonly b: readonly number[];
}

/** Where libsvm stops, and what it keeps away from 0 and 1. */
const [MOST_ROUNDS, STOP, LEAST_SHARE] = [100, 0.005, 1e-7];

/** [rows, classes] from decisions [rows, pairs] */
export function coupledProbabilities(decisions: Float64Array, classes: number, { a, b }: PairSigmoids): Float64Array {
  const pairs = pairsOf(classes);
  const rows = decisions.length / pairs.length;
  const result = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const r = Array.from({ length: classes }, () => new Float64Array(classes));
    pairs.forEach(([i, j], k) => {
      const share = evaluateActivation(SIGMOID, -(a[k] * decisions[row * pairs.length + k] + b[k]));
      r[i][j] = Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));
      r[j][i] = 1 - r[i][j];
    });
    result.set(minimized(r), row * classes);
  }
  return result;
}

function minimized(r: readonly Float64Array[]): Float64Array {
  const k = r.length;
  const p = new Float64Array(k).fill(1 / k);
  const q = r.map((_, i) =>
    Float64Array.from(r, (_, j) =>
      i === j ? r.reduce((sum, row, l) => sum + (l === i ? 0 : row[i] ** 2), 0) : -r[j][i] * r[i][j],
    ),
  );
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const qp = q.map((row) => row.reduce((sum, value, j) => sum + value * p[j], 0));
    let value = qp.reduce((sum, item, i) => sum + item * p[i], 0);
    if (qp.every((item) => Math.abs(item - value) < STOP / k)) break;
    for (let i = 0; i < k; i++) {
      const change = (value - qp[i]) / q[i][i];
      p[i] += change;
      value = (value + change * (change * q[i][i] + 2 * qp[i])) / (1 + change) ** 2;
      for (let j = 0; j < k; j++) {
        qp[j] = (qp[j] + change * q[i][j]) / (1 + change);
        p[j] /= 1 + change;
      }
    }
  }
  return p;
}

/** Length of the error that is left of one of length 1. */
const ERROR_LEFT = 0.01;

/** alpha and beta of every step; alpha of the first, whose beta is 0, stands first. */
export function chebyshevSteps(classes: number): { readonly alpha: number; readonly beta: number }[] {
  const [least, most] = [1 / classes, classes - 1];
  const [center, radius] = [(most + least) / 2, (most - least) / 2];
  const root = Math.sqrt(most / least);
  const count = Math.ceil(Math.log(2 / ERROR_LEFT) / Math.log((root + 1) / (root - 1)));
  const steps = [{ alpha: 1 / center, beta: 0 }];
  let ratio = radius / center;
  while (steps.length < count) {
    const next = 1 / ((2 * center) / radius - ratio);
    steps.push({ alpha: (2 * next) / radius, beta: next * ratio });
    ratio = next;
  }
  return steps;
}

/** Rows of M, or of PM, as constant + sign · r_ij of the pair: [classes][pairs]. */
function pairMatrix(classes: number, isProjected: boolean): { constant: Float64Array; sign: Float64Array } {
  const pairs = pairsOf(classes);
  const share = isProjected ? 1 / classes : 0;
  const entries = (of: (isFirst: boolean, isSecond: boolean) => number): Float64Array =>
    Float64Array.from({ length: classes * pairs.length }, (_, at) => {
      const [row, [i, j]] = [Math.floor(at / pairs.length), pairs[at % pairs.length]];
      return of(row === i, row === j);
    });
  return {
    constant: entries((isFirst) => (isFirst ? 1 : 0) - share),
    sign: entries((isFirst, isSecond) => (isFirst || isSecond ? -1 : 0) + 2 * share),
  };
}

/** Probabilities [rows, classes] from decisions [rows, pairs]. */
export function emitCoupled(
  planner: Planner,
  decisions: Named,
  output: PlanOutput,
  classes: number,
  { a, b }: PairSigmoids,
): void {
  const [rows, count] = decisions.shape;
  const named = (label: string, shape: readonly number[]): Named => ({
    name: planner.fresh(`${output.name} ${label}`),
    shape,
  });
  const shares = named("shares", decisions.shape);
  emitLinear(planner, shares, {
    parts: [{ kind: "scale", x: decisions.name, shape: [count], factors: Float64Array.from(a, (value) => -value) }],
    bias: { shape: [count], data: Float64Array.from(b, (value) => -value) },
    activation: SIGMOID,
    fine: "all",
  });
  const matrix = (isProjected: boolean): Named => {
    const { constant, sign } = pairMatrix(classes, isProjected);
    const wide = expanded(planner, reshaped(planner, shares, [rows, 1, count]), [rows, classes, count]);
    const made = named(isProjected ? "projected pairs" : "pairs", wide.shape);
    emitLinear(planner, made, {
      parts: [{ kind: "scale", x: wide.name, shape: [classes, count], factors: sign }],
      bias: { shape: [classes, count], data: constant },
      fine: "all",
    });
    return made;
  };
  const transposed = permuted(planner, matrix(false), [0, 2, 1]);
  const projected = matrix(true);
  const steps = chebyshevSteps(classes);
  let [before, now]: (Named | undefined)[] = [];
  for (const [m, { alpha, beta }] of steps.entries()) {
    const differences = named(`differences ${m + 1}`, [rows, 1, count]);
    emitLinear(planner, differences, now ? fromPoint(now, transposed) : fromEqual(planner, shares, classes));
    const next = named(`step ${m + 1}`, [rows, 1, classes]);
    const parts: Part[] = [
      { kind: "product", x: differences.name, y: projected.name, contracts: true, factor: -alpha },
    ];
    if (now) parts.push(scaled(now.name, 1 + beta));
    if (before) parts.push(scaled(before.name, -beta));
    // The point before the second is 1/k in every class, as the first is made of.
    const constant = now ? (before ? 0 : -beta / classes) : 1 / classes;
    emitLinear(planner, next, {
      parts,
      bias: { shape: [], data: Float64Array.of(constant) },
      ...(m === steps.length - 1 ? { activation: { name: "clip", lo: 0, hi: 1 } as const } : {}),
      fine: "all",
    });
    [before, now] = [now, next];
  }
  if (now) finish(planner, now, planner.outputs.indexOf(output));
}

/** M'p */
function fromPoint(p: Named, transposed: Named): Parameters<typeof emitLinear>[2] {
  return { parts: [{ kind: "product", x: p.name, y: transposed.name, contracts: true, factor: 1 }], fine: "all" };
}

/** M'p for p = 1/k in every class: (1 - 2 r_ij) / k. */
function fromEqual(planner: Planner, shares: Named, classes: number): Parameters<typeof emitLinear>[2] {
  const [rows, count] = shares.shape;
  const { name } = reshaped(planner, shares, [rows, 1, count]);
  return {
    parts: [scaled(name, -2 / classes)],
    bias: { shape: [], data: Float64Array.of(1 / classes) },
    fine: "all",
  };
}
