/** Probabilities of classes from pairs: the fixed number of steps ends near the minimum whatever the pairs say, and so does libsvm's iteration. */
import { expect, test } from "vitest";
import { chebyshevSteps, coupledProbabilities, pairsOf } from "../../compiler/ops/ml/coupling.ts";
import { type Random, random } from "./support/random.ts";

const SEED = 8123;
/** What is left of the first error, whose length is below 1, and what libsvm leaves: 0.005 / k of the gradient, which 1/k at least multiplies. */
const [OURS, LIBSVM] = [0.01, 0.005];

/** Q with rows [classes], of the shares of the first of each pair. */
function quadraticOf(shares: readonly number[], classes: number): number[][] {
  const q = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  pairsOf(classes).forEach(([i, j], pair) => {
    const r = shares[pair];
    q[i][i] += (1 - r) ** 2;
    q[j][j] += r ** 2;
    q[i][j] = -r * (1 - r);
    q[j][i] = q[i][j];
  });
  return q;
}

/** The p of sum 1 with Qp the same in every class, by elimination on p_last = 1 - the others. */
function minimumOf(q: readonly (readonly number[])[]): number[] {
  const n = q.length - 1;
  const entry = (i: number, j: number): number => q[i][j] - q[n][j] - q[i][n] + q[n][n];
  const rows = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) => entry(i, j)),
    q[n][n] - q[i][n],
  ]);
  for (let k = 0; k < n; k++) {
    const pivot = rows.slice(k).reduce((best, row) => (Math.abs(row[k]) > Math.abs(best[k]) ? row : best));
    rows.splice(rows.indexOf(pivot), 1);
    rows.splice(k, 0, pivot);
    rows.forEach((row, i) => {
      const factor = i === k ? 0 : row[k] / pivot[k];
      rows[i] = row.map((value, j) => value - factor * pivot[j]);
    });
  }
  const p = rows.map((row, k) => row[n] / row[k]);
  return [...p, 1 - p.reduce((a, b) => a + b, 0)];
}

function stepped(q: readonly (readonly number[])[]): number[] {
  const k = q.length;
  let [before, now] = [new Array<number>(k).fill(1 / k), new Array<number>(k).fill(1 / k)];
  for (const { alpha, beta } of chebyshevSteps(k)) {
    const gradient = q.map((row) => row.reduce((sum, value, j) => sum + value * now[j], 0));
    const mean = gradient.reduce((a, b) => a + b) / k;
    const next = now.map((p, i) => p + beta * (p - before[i]) - alpha * (gradient[i] - mean));
    [before, now] = [now, next];
  }
  return now;
}

function sharesFor(next: Random, pairs: number, kind: number): number[] {
  if (kind === 0) return Array.from({ length: pairs }, () => (next() < 0.5 ? 0 : 1));
  if (kind === 1) return Array.from({ length: pairs }, (_, pair) => (pair === 0 ? 1 : next()));
  return Array.from({ length: pairs }, next);
}

test.each([3, 4, 7, 10])("%i classes", (classes) => {
  const next = random(SEED + classes);
  const pairs = pairsOf(classes);
  // The first class wins every pair, the others are alike: what converges most slowly.
  const slowest = pairs.map(([i]) => (i === 0 ? 1 : 0.5));
  const drawn = Array.from({ length: 60 }, (_, k) => sharesFor(next, pairs.length, k % 3));
  for (const raw of [slowest, ...drawn]) {
    const shares = raw.map((share) => Math.min(1 - 1e-6, Math.max(1e-6, share)));
    const q = quadraticOf(shares, classes);
    const best = minimumOf(q);
    const far = (p: ArrayLike<number>): number => Math.hypot(...best.map((value, i) => value - p[i]));
    expect(far(stepped(q)), `seed ${SEED}, shares ${shares}`).toBeLessThanOrEqual(OURS);
    const decisions = Float64Array.from(shares, (share) => Math.log(share / (1 - share)));
    const sigmoids = { a: pairs.map(() => -1), b: pairs.map(() => 0) };
    const libsvm = coupledProbabilities(decisions, classes, sigmoids);
    const gradient = q.map((row) => row.reduce((sum, value, j) => sum + value * libsvm[j], 0));
    const mean = gradient.reduce((sum, value, i) => sum + value * libsvm[i], 0);
    for (const value of gradient) expect(Math.abs(value - mean)).toBeLessThan(LIBSVM / classes + 1e-9);
  }
});
