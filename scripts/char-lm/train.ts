/** Adam (Kingma and Ba, 2015) on windows of the text, with a learning rate that falls to zero. */
import { initialWeights, logitsOf, SIZE, type Weights } from "./network.ts";
import { Tape } from "./tape.ts";

const ADAM = { rate: 4e-3, first: 0.9, second: 0.99, epsilon: 1e-8 } as const;

/** With fewer characters before it the next one is anybody's guess. */
const LEAST_CONTEXT = 7;

export interface Training {
  readonly steps: number;
  readonly batch: number;
  readonly uniform: () => number;
  readonly progress: (step: number, loss: number) => void;
}

export function train(
  text: readonly number[],
  vocabulary: number,
  { steps, batch, uniform, progress }: Training,
): Weights {
  const weights = initialWeights(vocabulary, uniform);
  const state = Object.values(weights).map(({ data, grad }) => {
    return { data, grad, mean: new Float64Array(data.length), square: new Float64Array(data.length) };
  });
  for (let step = 1; step <= steps; step++) {
    const starts = Array.from({ length: batch }, () => Math.floor(uniform() * (text.length - SIZE.tokens)));
    const windows = (shift: number): number[] =>
      starts.flatMap((start) => text.slice(start + shift, start + shift + SIZE.tokens));
    const tape = new Tape();
    const targets = windows(1).map((next, i) => (i % SIZE.tokens < LEAST_CONTEXT ? undefined : next));
    const loss = tape.crossEntropy(logitsOf(tape, weights, windows(0)), targets);
    tape.backward();
    const rate = ADAM.rate * Math.min(1, step / 50) * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
    for (const { data, grad, mean, square } of state) {
      for (let i = 0; i < data.length; i++) {
        mean[i] += (1 - ADAM.first) * (grad[i] - mean[i]);
        square[i] += (1 - ADAM.second) * (grad[i] ** 2 - square[i]);
        const m = mean[i] / (1 - ADAM.first ** step);
        const v = square[i] / (1 - ADAM.second ** step);
        data[i] -= (rate * m) / (Math.sqrt(v) + ADAM.epsilon);
        grad[i] = 0;
      }
    }
    if (step % 50 === 0) progress(step, loss);
  }
  return weights;
}
