/** How good a model is at its task, and how far two models are apart. */
import { SamplesError } from "./errors.ts";

export type Metric = "argmax" | "threshold" | "label" | "r2";

export interface Accuracy {
  readonly metric: Metric;
  /** What the outputs are compared with. */
  readonly against: "labels" | "float outputs";
  /** Shares from 0 to 1, or R2. */
  readonly accuracyFloat: number;
  readonly accuracyInteger: number;
  readonly accuracyDrop: number;
}

/** Scores that decide between two classes do so at one half. */
const THRESHOLD = 0.5;

export interface Answers {
  readonly float: readonly Float64Array[];
  readonly integer: readonly Float64Array[];
  /** True where the output is an index. */
  readonly isIndex: boolean;
}

/** Throws SamplesError for a label that names no class of a model that chooses among several. */
export function measureAccuracy(answers: Answers, labels: readonly number[] | undefined): Accuracy {
  const metric = metricFor(answers, labels);
  if (metric === "argmax" && labels && answers.float.length > 0) checkClasses(labels, answers.float[0].length);
  const targets = labels ?? answers.float.map((output) => decide(metric, output));
  const accuracyFloat = labels ? score(metric, answers.float, targets) : 1;
  const accuracyInteger = score(metric, answers.integer, targets);
  return {
    metric,
    against: labels ? "labels" : "float outputs",
    accuracyFloat,
    accuracyInteger,
    accuracyDrop: accuracyFloat - accuracyInteger,
  };
}

/** Labels that count from 1, or stand for something else, would only show as a bad model. */
function checkClasses(labels: readonly number[], classes: number): void {
  const index = labels.findIndex((label) => !(Number.isInteger(label) && label >= 0 && label < classes));
  if (index < 0) return;
  throw new SamplesError({
    reason: `sample ${index} has the label ${labels[index]}, which is no class of the model`,
    expected: `0 to ${classes - 1}, the position of the largest output`,
    got: `${labels[index]}`,
    remedy: "count classes from 0, or leave the labels out: accuracy is then agreement with the float model",
  });
}

function metricFor({ float, isIndex }: Answers, labels: readonly number[] | undefined): Metric {
  if (float.length === 0 || float[0].length > 1) return "argmax";
  if (isIndex) return "label";
  const isBinary = labels
    ? labels.every((label) => label === 0 || label === 1)
    : float.every(([value]) => value >= 0 && value <= 1);
  return isBinary ? "threshold" : "r2";
}

function decide(metric: Metric, output: Float64Array): number {
  if (metric === "argmax") return output.reduce((best, value, i) => (value > output[best] ? i : best), 0);
  if (metric === "threshold") return output[0] >= THRESHOLD ? 1 : 0;
  return output[0];
}

function score(metric: Metric, outputs: readonly Float64Array[], targets: readonly number[]): number {
  if (metric === "r2")
    return r2(
      outputs.map(([value]) => value),
      targets,
    );
  return outputs.filter((output, i) => decide(metric, output) === targets[i]).length / outputs.length;
}

function r2(values: readonly number[], targets: readonly number[]): number {
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  const residual = targets.reduce((sum, target, i) => sum + (target - values[i]) ** 2, 0);
  const total = targets.reduce((sum, target) => sum + (target - mean) ** 2, 0);
  return total > 0 ? 1 - residual / total : 0;
}

/** Root mean square of the difference, in units of the standard deviation of the float outputs. */
export function relativeError(float: readonly Float64Array[], integer: readonly Float64Array[]): number {
  let [count, sum, squares, differences] = [0, 0, 0, 0];
  float.forEach((output, sample) => {
    output.forEach((value, i) => {
      count++;
      sum += value;
      squares += value * value;
      differences += (value - integer[sample][i]) ** 2;
    });
  });
  const variance = squares / count - (sum / count) ** 2;
  if (differences === 0) return 0;
  return variance > 0 ? Math.sqrt(differences / count / variance) : Number.POSITIVE_INFINITY;
}

/**
 * Share of decisions that the difference between two models is expected to turn, from the samples that are hardest to decide.
 *
 * With m the margin of a decision, f its density and d the error of the margin, the share is about f(0)·E[max(d, 0)] = f(0)·0.4·rms(d).
 * f(0) and rms(d) are taken from the quarter of the samples with the smallest margins.
 */
export function expectedFlips({ float, integer, isIndex }: Answers): number {
  const metric = metricFor({ float, integer, isIndex }, undefined);
  if (metric === "r2") return 0;
  if (metric === "label") return float.filter((output, i) => output[0] !== integer[i][0]).length / float.length;
  const cases = float.map((output, i) => marginCase(metric, output, integer[i])).sort((a, b) => a.margin - b.margin);
  const hardest = cases.slice(0, Math.ceil(cases.length / 4));
  const widest = hardest[hardest.length - 1].margin;
  if (widest === 0) return 1;
  const rms = Math.sqrt(hardest.reduce((sum, { error }) => sum + error * error, 0) / hardest.length);
  return (hardest.length / cases.length / widest) * 0.4 * rms;
}

function marginCase(metric: Metric, float: Float64Array, integer: Float64Array): { margin: number; error: number } {
  if (metric === "threshold") return { margin: Math.abs(float[0] - THRESHOLD), error: integer[0] - float[0] };
  const best = decide("argmax", float);
  let second = best === 0 ? 1 : 0;
  float.forEach((value, i) => {
    if (i !== best && value > float[second]) second = i;
  });
  const margin = float[best] - float[second];
  return { margin, error: integer[best] - integer[second] - margin };
}
