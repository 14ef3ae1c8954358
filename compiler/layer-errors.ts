/** How far the integer program is from the real one, tensor by tensor. */
import { runReal } from "./3-quantize/calibrate.ts";
import { quantizeInput } from "./3-quantize/integer-answers.ts";
import { type IntegerProgram, makesIndices, type RealProgram } from "./program.ts";
import { runReference } from "./reference.ts";
import type { Sample } from "./samples.ts";

export interface LayerError {
  /** Mean of the squared difference between integer values times their scale and real values. */
  readonly meanSquare: number;
  readonly largest: number;
  /** 10 log10 of mean square real value over mean square difference; absent where there is no difference. */
  readonly signalToNoiseDb?: number;
  /** Values that a table, or the range of an input, limited. */
  readonly saturated: number;
  /** Values that were compared. */
  readonly of: number;
}

interface Sums {
  squares: number;
  differences: number;
  largest: number;
  saturated: number;
  count: number;
}

/**
 * By tensor, over the samples. Each value carries the errors of all layers before it. Left out are indices, which have no distance, and the
 * elements that stand for minus infinity.
 */
export function measureLayers(
  real: RealProgram,
  program: IntegerProgram,
  samples: readonly Sample[],
): Map<string, LayerError> {
  const sums = new Map<string, Sums>();
  const indices = new Set(program.steps.filter(makesIndices).map(({ out }) => out));
  const inputs = new Map(program.inputs.map((input) => [input.name, input]));
  for (const sample of samples) {
    const values = runReal(real, sample);
    const integers = program.inputs.map((input) => quantizeInput(input, sample.get(input.name) ?? []));
    const run = runReference(program, integers);
    for (const [name, exact] of values) {
      const rounded = run.tensors.get(name);
      if (rounded === undefined || indices.has(name)) continue;
      const input = inputs.get(name);
      const scale = program.scales.get(name) ?? 1;
      const scaleAt = (i: number): number => (input ? (input.scales[i] ?? input.scales[0]) : scale);
      const sum = sums.get(name) ?? { squares: 0, differences: 0, largest: 0, saturated: 0, count: 0 };
      addValues(sum, exact, rounded, scaleAt);
      sum.saturated += input ? outside(exact, input, scaleAt) : (run.saturated.get(name) ?? 0);
      sums.set(name, sum);
    }
  }
  return new Map([...sums].map(([name, sum]) => [name, errorOf(sum)]));
}

function addValues(sum: Sums, exact: Float64Array, rounded: Float64Array, scaleAt: (i: number) => number): void {
  for (let i = 0; i < exact.length; i++) {
    if (!Number.isFinite(exact[i])) continue;
    const difference = Math.abs(rounded[i] * scaleAt(i) - exact[i]);
    if (!Number.isFinite(difference)) continue;
    sum.count++;
    sum.squares += exact[i] * exact[i];
    sum.differences += difference * difference;
    if (difference > sum.largest) sum.largest = difference;
  }
}

/** Values more than half a unit outside the input's range. */
function outside(
  values: Float64Array,
  { lo, hi }: { readonly lo: number; readonly hi: number },
  scaleAt: (i: number) => number,
): number {
  return values.reduce((count, value, i) => {
    const units = value / scaleAt(i);
    return units < lo - 0.5 || units >= hi + 0.5 ? count + 1 : count;
  }, 0);
}

function errorOf({ squares, differences, largest, saturated, count }: Sums): LayerError {
  return {
    meanSquare: count > 0 ? differences / count : 0,
    largest,
    ...(differences > 0 ? { signalToNoiseDb: 10 * Math.log10(squares / differences) } : {}),
    saturated,
    of: count,
  };
}
