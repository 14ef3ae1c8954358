/** Runs a real program and keeps the range of every tensor and of every sum before its activation. */

import { evaluateActivation } from "../activation.ts";
import { ValueError } from "../errors.ts";
import { leftDomain } from "../functions.ts";
import { type LinearStep, placeOf, type RealProgram, type RealStep } from "../program.ts";
import { argMax } from "../steps/arg-max.ts";
import { gatherAt } from "../steps/gather.ts";
import { accumulate, type Values } from "../steps/linear.ts";
import { maxPool } from "../steps/max-pool.ts";
import { rank } from "../steps/rank.ts";
import { applyView } from "../steps/view.ts";
import { findMasked } from "./masks.ts";

export interface Range {
  readonly lo: number;
  readonly hi: number;
}

export interface Ranges {
  readonly tensors: ReadonlyMap<string, Range>;
  /** Before the activation, by the name of the step's output. */
  readonly sums: ReadonlyMap<string, Range>;
  /** Of every element, for inputs. */
  readonly elements: ReadonlyMap<string, readonly Range[]>;
}

export function calibrate(program: RealProgram, samples: readonly ReadonlyMap<string, Float64Array>[]): Ranges {
  const tensors = new Map<string, Range>();
  const sums = new Map<string, Range>();
  const elements = new Map<string, Range[]>();
  const masked = findMasked(program);
  for (const sample of samples) {
    for (const name of program.inputs) widenElements(elements, name, sample.get(name) ?? new Float64Array());
    runReal(program, sample, (kind, name, data) =>
      widen(
        kind === "sum" ? sums : tensors,
        name,
        rangeOf(masked[`${kind}s`].has(name) ? data.filter(Number.isFinite) : data),
      ),
    );
  }
  return { tensors, sums, elements };
}

/** Evaluates the program; `visit` sees every tensor, and every sum before its activation. */
export function runReal(
  program: RealProgram,
  inputs: ReadonlyMap<string, Float64Array>,
  visit: (kind: "tensor" | "sum", name: string, data: Float64Array) => void = () => {},
): Map<string, Float64Array> {
  const data = new Map(inputs);
  const values: Values = {
    data: (name) => data.get(name) as Float64Array,
    shape: (name) => program.shapes.get(name) as readonly number[],
  };
  for (const name of program.inputs) visit("tensor", name, values.data(name));
  for (const step of program.steps) {
    const out = runStep(step, values, (sum) => visit("sum", step.out, sum));
    visit("tensor", step.out, out);
    data.set(step.out, out);
  }
  return data;
}

function runStep(step: RealStep, values: Values, visitSum: (sum: Float64Array) => void): Float64Array {
  switch (step.kind) {
    case "linear": {
      const sum = accumulate(step, values);
      visitSum(sum);
      checkDomain(step, sum);
      return step.activation.name === "none" ? sum : sum.map((value) => evaluateActivation(step.activation, value));
    }
    case "maxPool":
      return maxPool(values.data(step.x), step.windows);
    case "argMax":
      return argMax(values.data(step.x), values.shape(step.x), step);
    case "rank":
      return rank(values.data(step.x), values.shape(step.x), step);
    case "gather":
      return gatherAt(step, values.data);
    case "view":
      return applyView(
        step.change,
        step.inputs.map((name) => ({ shape: values.shape(name), data: values.data(name) })),
        step.shape,
      );
  }
}

function checkDomain(step: LinearStep, sum: Float64Array): void {
  const { activation } = step;
  if (activation.name !== "function") return;
  const range = rangeOf(sum);
  const domain = leftDomain(activation.f, range, activation.a);
  if (domain === undefined) return;
  throw new ValueError({
    ...placeOf(step),
    reason: `${activation.f} meets numbers from ${range.lo} to ${range.hi} on a calibration sample`,
    expected: domain,
    remedy:
      "limit the operator's input (Clip, or an added constant), or take out samples that the model is not meant for",
  });
}

export function rangeOf(data: Float64Array): Range {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return { lo, hi };
}

export function joinRanges(a: Range | undefined, b: Range): Range {
  return a ? { lo: Math.min(a.lo, b.lo), hi: Math.max(a.hi, b.hi) } : b;
}

function widen(ranges: Map<string, Range>, name: string, range: Range): void {
  if (!Number.isFinite(range.hi - range.lo)) {
    throw new ValueError({
      reason: `tensor ${name} is not finite on a calibration sample`,
      remedy: "check the samples and the weights; sums must stay below 1e308",
    });
  }
  ranges.set(name, joinRanges(ranges.get(name), range));
}

function widenElements(elements: Map<string, Range[]>, name: string, data: Float64Array): void {
  const seen = elements.get(name);
  elements.set(
    name,
    Array.from(data, (value, i) => joinRanges(seen?.[i], { lo: value, hi: value })),
  );
}
