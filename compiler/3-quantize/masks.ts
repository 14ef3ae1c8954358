/**
 * Masks: constants that stand for minus infinity before a Softmax.
 *
 * What exporters write differs (minus infinity, -3.4e38, -1e9, -1e4). Where a sum is read by nothing but differences to its own maximum
 * that go through exp, such a constant becomes minus infinity, and the integer program holds a value whose exp rounds to 0. Anywhere
 * else minus infinity is refused.
 */
import { UnsupportedError } from "../errors.ts";
import type { LinearStep, Part, RealProgram, RealStep } from "../program.ts";
import { placeOf, stepInputs } from "../program.ts";
import { largestCoefficient, reachOf } from "./reach.ts";
import type { ScaleClass } from "./scale-class.ts";

/** The largest constant taken for minus infinity. */
const MASK = -1e4;

/** exp(-16) < 2^-23, below half a step of any table of exp. */
const MASK_DEPTH = 16;

export function maskProgram(program: RealProgram): RealProgram {
  const steps = program.steps.map((step): RealStep => {
    if (step.kind !== "linear" || !step.bias.data.some((value) => value <= MASK)) return step;
    if (isMasked(program, step)) {
      refuseComputed(step);
      const data = step.bias.data.map((value) => (value <= MASK ? Number.NEGATIVE_INFINITY : value));
      return { ...step, bias: { ...step.bias, data } };
    }
    if (step.bias.data.every(Number.isFinite)) return step;
    throw new UnsupportedError({
      ...placeOf(step),
      reason: "minus infinity is added to a tensor that more than a Softmax reads",
      remedy: "mask scores directly before Softmax",
    });
  });
  return { ...program, steps };
}

/** A coefficient with less than this share of a constant leaves it far below the scores. */
const TAKES_BACK = 0.01;

/** Where a part can take the constant back, as in scores + (1 - mask)·(-1e4), it is no mask by itself. */
function refuseComputed(step: LinearStep): void {
  const nearest = step.bias.data.filter((value) => value <= MASK).reduce((a, b) => Math.max(a, b));
  if (!step.parts.some((part) => largestCoefficient(part) >= -TAKES_BACK * nearest)) return;
  throw new UnsupportedError({
    ...placeOf(step),
    reason: `a mask computed at run time adds ${nearest} to scores, beside which they would vanish`,
    remedy: "compute it with a constant such as -20, which Softmax takes to 0 as well",
  });
}

/** Every reader, through views, is a maximum or a difference to one. */
function isMasked(program: RealProgram, step: LinearStep): boolean {
  const isSum = step.activation.name === "none" && step.parts.every((part) => part.kind !== "trees");
  if (!isSum || program.outputs.includes(step.out)) return false;
  const names = new Set([step.out]);
  for (const item of program.steps) {
    if (!stepInputs(item).some((name) => names.has(name))) continue;
    if (item.kind === "view" && item.inputs.length === 1 && !program.outputs.includes(item.out)) names.add(item.out);
    else if (!(item.kind === "maxPool" || (item.kind === "linear" && item.isNeverPositive))) return false;
  }
  return true;
}

export interface Masked {
  /** Tensors with elements that are minus infinity. */
  readonly tensors: ReadonlySet<string>;
  /** Outputs of steps whose sums have such elements. */
  readonly sums: ReadonlySet<string>;
}

export function findMasked({ steps }: RealProgram): Masked {
  const tensors = new Set<string>();
  const sums = new Set<string>();
  for (const step of steps) {
    const isMask = step.kind === "linear" && step.bias.data.includes(Number.NEGATIVE_INFINITY);
    const reads = step.kind !== "maxPool" && stepInputs(step).some((name) => tensors.has(name));
    if (!isMask && !reads) continue;
    if (step.kind === "linear") sums.add(step.out);
    if (!(step.kind === "linear" && step.isNeverPositive)) tensors.add(step.out);
  }
  return { tensors, sums };
}

/**
 * Room for the masked value below the others. Classes whose rooms are alike, as those of identical blocks, get the same: they share
 * one table then, and their rows stand evenly spaced (`core/stack.ts`).
 */
export function withMasks(classes: ReadonlyMap<string, ScaleClass>): Map<string, ScaleClass> {
  const roomOf = ({ scale }: ScaleClass): number => Math.ceil(MASK_DEPTH / scale);
  const rooms = [...classes.values()].map(roomOf);
  const shared = (own: number): number => Math.max(...rooms.filter((room) => room <= LARGEST_SHARED_ROOM * own));
  return new Map(
    [...classes].map(([root, scaleClass]) => [root, { ...scaleClass, lo: scaleClass.lo - shared(roomOf(scaleClass)) }]),
  );
}

/** A shared room of up to this many times the own one costs fewer rows than a table of its own. */
const LARGEST_SHARED_ROOM = 2;

/** An integer bias under which the quotient is at most `lo`, whatever the parts add. */
export function maskBias(
  parts: readonly Part[],
  lo: number,
  shiftBits: number,
  classOf: (tensor: string) => ScaleClass,
  shapeOf: (tensor: string) => readonly number[],
): number {
  const largest = (name: string): number => Math.max(-classOf(name).lo, classOf(name).hi);
  return lo * 2 ** shiftBits - reachOf(parts, largest, shapeOf);
}
