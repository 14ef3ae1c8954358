/**
 * Worst cases: the smallest and largest integer that any input in range can put into every tensor, by interval arithmetic on the
 * integer weights. Tables cover them, so a proof exists for every input.
 */
import { CapacityError } from "../errors.ts";
import { powerOfTwo } from "../math.ts";
import {
  type ContractPart,
  type ConvPart,
  type IntegerLinearStep,
  type IntegerProgram,
  type IntegerStep,
  isClipped,
  type LinearPart,
  placeOf,
} from "../program.ts";
import { refuseIndex } from "../steps/gather.ts";
import { accumulatePart } from "../steps/linear.ts";
import { maxPool } from "../steps/max-pool.ts";
import { windowsSize } from "../steps/pool.ts";
import { boundProduct, productSizes } from "../steps/product.ts";
import { boundTrees } from "../steps/trees.ts";
import { applyView } from "../steps/view.ts";
import { tableRange } from "../table-function.ts";
import { broadcastTo, sizeOf } from "../tensor.ts";

/** Of every element. */
export interface Interval {
  readonly lo: Float64Array;
  readonly hi: Float64Array;
}

export interface Extent {
  readonly lo: number;
  readonly hi: number;
}

export interface Bounds {
  readonly tensors: ReadonlyMap<string, Interval>;
  /** Accumulator and quotient of linear steps, by output name. */
  readonly accumulators: ReadonlyMap<string, Extent>;
  readonly quotients: ReadonlyMap<string, Extent>;
}

/** Accumulators stay below 2^52: exact in a double with the rounding half added, and far below the field's modulus. */
export const MAX_ACCUMULATOR = 2 ** 52;

export function boundProgram(program: IntegerProgram): Bounds {
  const tensors = new Map<string, Interval>();
  const accumulators = new Map<string, Extent>();
  const quotients = new Map<string, Extent>();
  for (const { name, shape, lo, hi } of program.inputs) tensors.set(name, constantInterval(sizeOf(shape), lo, hi));
  for (const step of program.steps) {
    if (step.kind !== "linear") {
      tensors.set(step.out, boundStep(program, step, tensors));
      continue;
    }
    const acc = boundAccumulator(program, step, tensors);
    const extent = extentOf(acc);
    if (Math.max(-extent.lo, extent.hi) >= MAX_ACCUMULATOR) {
      throw new CapacityError({
        ...placeOf(step),
        reason: `the accumulator can reach ${Math.max(-extent.lo, extent.hi)}`,
        expected: "less than 2^52",
        remedy: "split the sum into several nodes or give calibration samples of a smaller range",
      });
    }
    const half = powerOfTwo(program.shiftBits - 1);
    const divide = (value: number): number => Math.floor((value + half) / (2 * half));
    const q = { lo: acc.lo.map(divide), hi: acc.hi.map(divide) };
    accumulators.set(step.out, extent);
    quotients.set(step.out, extentOf(q));
    tensors.set(step.out, boundTable(step, q));
  }
  return { tensors, accumulators, quotients };
}

export function extentOf({ lo, hi }: Interval): Extent {
  return { lo: lo.reduce((a, b) => Math.min(a, b), Infinity), hi: hi.reduce((a, b) => Math.max(a, b), -Infinity) };
}

function constantInterval(size: number, lo: number, hi: number): Interval {
  return { lo: new Float64Array(size).fill(lo), hi: new Float64Array(size).fill(hi) };
}

function boundTable({ table }: IntegerLinearStep, q: Interval): Interval {
  const lo = new Float64Array(q.lo.length);
  const hi = new Float64Array(q.hi.length);
  for (let i = 0; i < lo.length; i++) {
    const range = tableRange(table, q.lo[i], q.hi[i]);
    lo[i] = range.lo;
    hi[i] = range.hi;
  }
  return { lo, hi };
}

function boundStep(
  program: IntegerProgram,
  step: Exclude<IntegerStep, IntegerLinearStep>,
  tensors: ReadonlyMap<string, Interval>,
): Interval {
  const interval = (name: string): Interval => tensors.get(name) as Interval;
  switch (step.kind) {
    case "maxPool":
      return { lo: maxPool(interval(step.x).lo, step.windows), hi: maxPool(interval(step.x).hi, step.windows) };
    case "argMax":
      return step.values
        ? constantInterval(sizeOf(step.shape), Math.min(...step.values), Math.max(...step.values))
        : constantInterval(sizeOf(step.shape), 0, (program.shapes.get(step.x) ?? [])[step.axis] - 1);
    case "rank":
      return constantInterval(sizeOf(step.shape), 0, step.shape[step.axis] - 1);
    case "gather": {
      const { source, indices } = step;
      for (const { name, count } of indices) checkIndices(step, interval(name), { lo: 0, hi: count - 1 });
      const read = source.kind === "tensor" ? interval(source.x) : { lo: source.values, hi: source.values };
      const { lo, hi } = extentOf(read);
      return constantInterval(sizeOf(step.shape), lo, hi);
    }
    case "view": {
      const side = (key: "lo" | "hi"): Float64Array =>
        applyView(
          step.change,
          step.inputs.map((name) => ({ shape: program.shapes.get(name) ?? [], data: interval(name)[key] })),
          step.shape,
        );
      return { lo: side("lo"), hi: side("hi") };
    }
  }
}

/** Throws ValueError where an index can leave its range. */
function checkIndices(step: IntegerStep, interval: Interval, range: Extent): void {
  const { lo, hi } = extentOf(interval);
  if (lo < range.lo || hi > range.hi) refuseIndex(step, `${lo} to ${hi}, for some input`, range);
}

function boundAccumulator(
  program: IntegerProgram,
  step: IntegerLinearStep,
  tensors: ReadonlyMap<string, Interval>,
): Interval {
  const lo = Float64Array.from(broadcastTo(step.bias, step.shape));
  const hi = Float64Array.from(lo);
  for (const [index, part] of step.parts.entries()) {
    const x = tensors.get(part.x) as Interval;
    const range = step.indexRanges?.[index];
    if (range) checkIndices(step, x, range);
    if (part.kind === "product") {
      const sizes = productSizes(part, program.shapes.get(part.x) ?? [], program.shapes.get(part.y) ?? []);
      boundProduct({ lo, hi }, part, sizes, x, tensors.get(part.y) as Interval);
      continue;
    }
    if (part.kind === "trees") {
      boundTrees(lo, hi, part.forest);
      continue;
    }
    if (part.kind === "conv") {
      boundConv(lo, hi, part, x);
      continue;
    }
    const xShape = program.shapes.get(part.x) ?? [];
    if (part.kind === "contract") {
      boundContract(lo, hi, part, x, xShape);
      continue;
    }
    const [positive, negative] = [withSign(part, 1), withSign(part, -1)];
    accumulatePart(lo, positive, step.shape, x.lo, xShape);
    accumulatePart(lo, negative, step.shape, x.hi, xShape);
    accumulatePart(hi, positive, step.shape, x.hi, xShape);
    accumulatePart(hi, negative, step.shape, x.lo, xShape);
  }
  return { lo, hi: step.isNeverPositive ? hi.map((value) => Math.min(0, value)) : hi };
}

/** The part with the weights of the other sign set to zero. */
function withSign(part: Exclude<LinearPart, ConvPart | ContractPart>, sign: 1 | -1): LinearPart {
  const keep = (value: number): number => (value * sign > 0 ? value : 0);
  switch (part.kind) {
    case "scale":
      return { ...part, factors: part.factors.map(keep) };
    case "pool":
      return { ...part, factors: new Map([...part.factors].map(([count, value]) => [count, keep(value)])) };
    case "sum":
      return { ...part, factor: keep(part.factor) };
  }
}

/** Tokens of one interval are bounded once: clamped tensors have the same interval everywhere. */
function boundContract(
  lo: Float64Array,
  hi: Float64Array,
  part: ContractPart,
  x: Interval,
  xShape: readonly number[],
): void {
  const { axis, inN, outN } = part;
  const inner = sizeOf(xShape.slice(axis + 1));
  const outer = sizeOf(xShape.slice(0, axis));
  let column: Interval | undefined;
  let sums: Interval = { lo: new Float64Array(outN), hi: new Float64Array(outN) };
  for (let a = 0; a < outer; a++) {
    for (let b = 0; b < inner; b++) {
      const at = (side: Float64Array): Float64Array =>
        Float64Array.from({ length: inN }, (_, k) => side[(a * inN + k) * inner + b]);
      const next = { lo: at(x.lo), hi: at(x.hi) };
      if (column === undefined || !isSame(column, next)) {
        column = next;
        sums = boundColumn(part, column);
      }
      for (let m = 0; m < outN; m++) {
        lo[(a * outN + m) * inner + b] += sums.lo[m];
        hi[(a * outN + m) * inner + b] += sums.hi[m];
      }
    }
  }
}

function isSame(a: Interval, b: Interval): boolean {
  return a.lo.every((value, k) => value === b.lo[k]) && a.hi.every((value, k) => value === b.hi[k]);
}

/** Extremes of weights · x for x in the interval. */
function boundColumn({ inN, outN, weights }: ContractPart, x: Interval): Interval {
  const [lo, hi] = [new Float64Array(outN), new Float64Array(outN)];
  for (let m = 0; m < outN; m++) {
    let [least, most] = [0, 0];
    for (let k = 0; k < inN; k++) {
      const weight = weights[m * inN + k];
      const [first, second] = [weight * x.lo[k], weight * x.hi[k]];
      least += weight > 0 ? first : second;
      most += weight > 0 ? second : first;
    }
    lo[m] = least;
    hi[m] = most;
  }
  return { lo, hi };
}

/** By channel rather than by element: cost grows with the weights, not with the multiplications. */
function boundConv(lo: Float64Array, hi: Float64Array, part: ConvPart, x: Interval): void {
  const channel = channelExtents(x, part.channels, windowsSize(part.windows, "inputN"), part.windows.some(isClipped));
  const groupIn = part.channels / part.groups;
  const kernel = part.weights.length / (part.outChannels * groupIn);
  const plane = windowsSize(part.windows, "outN");
  for (let o = 0; o < part.outChannels; o++) {
    const first = Math.floor(o / (part.outChannels / part.groups)) * groupIn;
    let [least, most] = [0, 0];
    for (let c = 0; c < groupIn; c++) {
      const range = channel[first + c];
      for (let k = 0; k < kernel; k++) {
        const weight = part.weights[(o * groupIn + c) * kernel + k];
        least += weight * (weight > 0 ? range.lo : range.hi);
        most += weight * (weight > 0 ? range.hi : range.lo);
      }
    }
    for (let base = o * plane; base < lo.length; base += part.outChannels * plane) {
      for (let i = base; i < base + plane; i++) {
        lo[i] += least;
        hi[i] += most;
      }
    }
  }
}

function channelExtents(x: Interval, channels: number, plane: number, withZero: boolean): Extent[] {
  const extents = Array.from({ length: channels }, () =>
    withZero ? { lo: 0, hi: 0 } : { lo: Infinity, hi: -Infinity },
  );
  for (let i = 0; i < x.lo.length; i++) {
    const extent = extents[Math.floor(i / plane) % channels];
    if (x.lo[i] < extent.lo) extent.lo = x.lo[i];
    if (x.hi[i] > extent.hi) extent.hi = x.hi[i];
  }
  return extents;
}
