/** A decoder of pre-normalized blocks over character tokens: embedding, causal attention, dense layers (Vaswani et al., 2017). */
import { type Matrix, matrix, type Tape } from "./tape.ts";

export const SIZE = { tokens: 16, width: 32, heads: 2, layers: 2, hidden: 64, epsilon: 1e-5 } as const;

/** Weights by name; matrices are [inputs, outputs]. */
export type Weights = Readonly<Record<string, Matrix>>;

export function initialWeights(vocabulary: number, uniform: () => number): Weights {
  const { tokens, width, layers, hidden } = SIZE;
  const weights: Record<string, Matrix> = {};
  const random = (name: string, rows: number, cols: number, bound: number): void => {
    weights[name] = matrix(
      rows,
      cols,
      Float64Array.from({ length: rows * cols }, () => bound * (2 * uniform() - 1)),
    );
  };
  const dense = (name: string, rows: number, cols: number): void => {
    random(`${name}.weight`, rows, cols, 1 / Math.sqrt(rows));
    weights[`${name}.bias`] = matrix(1, cols);
  };
  const norm = (name: string): void => {
    weights[`${name}.gain`] = matrix(1, width, new Float64Array(width).fill(1));
    weights[`${name}.bias`] = matrix(1, width);
  };
  random("tokens", vocabulary, width, 0.5);
  random("positions", tokens, width, 0.5);
  for (let layer = 0; layer < layers; layer++) {
    norm(`${layer}.before`);
    dense(`${layer}.attention`, width, 3 * width);
    dense(`${layer}.projection`, width, width);
    norm(`${layer}.middle`);
    dense(`${layer}.up`, width, hidden);
    dense(`${layer}.down`, hidden, width);
  }
  norm("last");
  dense("head", width, vocabulary);
  return weights;
}

/** Logits [batch · tokens, vocabulary] of sequences one after another. */
export function logitsOf(tape: Tape, weights: Weights, tokens: readonly number[]): Matrix {
  const dense = (x: Matrix, name: string): Matrix => tape.dense(x, weights[`${name}.weight`], weights[`${name}.bias`]);
  const norm = (x: Matrix, name: string): Matrix =>
    tape.layerNorm(x, weights[`${name}.gain`], weights[`${name}.bias`], SIZE.epsilon);
  const positions = tokens.map((_, i) => i % SIZE.tokens);
  let x = tape.add(tape.rowsOf(weights.tokens, tokens), tape.rowsOf(weights.positions, positions));
  for (let layer = 0; layer < SIZE.layers; layer++) {
    const mixed = tape.causalAttention(
      dense(norm(x, `${layer}.before`), `${layer}.attention`),
      SIZE.tokens,
      SIZE.heads,
    );
    x = tape.add(x, dense(mixed, `${layer}.projection`));
    const hidden = tape.relu(dense(norm(x, `${layer}.middle`), `${layer}.up`));
    x = tape.add(x, dense(hidden, `${layer}.down`));
  }
  return dense(norm(x, "last"), "head");
}
