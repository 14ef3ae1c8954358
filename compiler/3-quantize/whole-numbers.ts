/**
 * Tensors that indices are made of keep scale 1: one unit is one index.
 *
 * They are found from the steps that read indices, backwards through sums and products of whole numbers; so do small whole numbers of a list that is looked up. Inputs among them hold 0 .. n - 1,
 * n the shortest axis that they index; other inputs that an index is computed from, and tabulated functions, hold what the calibration samples
 * show.
 */
import { isIndicator } from "../activation.ts";
import type { IndexRange, LinearStep, RealProgram } from "../program.ts";
import type { Ranges } from "./calibrate.ts";
import type { ScaleClass } from "./scale-class.ts";

/** By root of a class; undefined where the steps that make it say more: bits, and integers of a range. */
export type WholeClasses = ReadonlyMap<string, ScaleClass | undefined>;

/** Fixed cells are 32-bit integers. */
const LARGEST = 2 ** 31 - 1;
/** As many as 8 bits hold. */
const LARGEST_LISTED = 255;

export function wholeClasses(program: RealProgram, ranges: Ranges, rootOf: (name: string) => string): WholeClasses {
  const indexed = indexRanges(program, rootOf);
  const roots = new Set([...indexed.keys(), ...listedClasses(program, rootOf)]);
  // A set's iteration reaches what is added to it on the way.
  for (const root of roots) {
    for (const step of program.steps) {
      if (step.kind !== "linear" || rootOf(step.out) !== root || !keepsWhole(step)) continue;
      for (const part of step.parts) {
        roots.add(rootOf(part.x));
        if (part.kind === "product") roots.add(rootOf(part.y));
      }
    }
  }
  return new Map([...roots].map((root) => [root, wholeClass(program, ranges, rootOf, root, indexed.get(root))]));
}

/** Lists of small whole numbers that are looked up, as of classes: a comparison with one of them is exact. */
function listedClasses({ steps }: RealProgram, rootOf: (name: string) => string): string[] {
  const isListed = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= LARGEST_LISTED;
  return steps.flatMap((step) => {
    const isList = step.kind === "gather" && step.source.kind === "constants" && step.source.values.every(isListed);
    return isList ? [rootOf(step.out)] : [];
  });
}

/** What all steps that read the tensors of a class as indices take. */
function indexRanges({ steps }: RealProgram, rootOf: (name: string) => string): Map<string, IndexRange> {
  const ranges = new Map<string, IndexRange>();
  const add = (name: string, range: IndexRange): void => {
    const known = ranges.get(rootOf(name)) ?? range;
    ranges.set(rootOf(name), { lo: Math.max(known.lo, range.lo), hi: Math.min(known.hi, range.hi) });
  };
  for (const step of steps) {
    if (step.kind === "gather") for (const { name, count } of step.indices) add(name, { lo: 0, hi: count - 1 });
    if (step.kind === "linear") step.indexRanges?.forEach((range, i) => add(step.parts[i].x, range));
  }
  return ranges;
}

function wholeClass(
  { inputs, steps }: RealProgram,
  ranges: Ranges,
  rootOf: (name: string) => string,
  root: string,
  range: IndexRange | undefined,
): ScaleClass | undefined {
  const makers = steps.filter((step) => step.kind === "linear" && rootOf(step.out) === root) as LinearStep[];
  const isRanged = ({ activation }: LinearStep): boolean => isIndicator(activation) || activation.name === "integers";
  const own = inputs.filter((name) => rootOf(name) === root);
  if (own.length === 0 && makers.length > 0 && makers.every(isRanged)) return undefined;
  if (own.length > 0 && range !== undefined) return { scale: 1, ...range, isFree: false, isExact: true };
  const tabulated = makers.filter((step) => !keepsWhole(step)).map(({ out }) => out);
  const limiting = [...own, ...tabulated];
  if (limiting.length === 0) return { scale: 1, lo: -LARGEST, hi: LARGEST, isFree: true };
  const seen = limiting.map((name) => ranges.tensors.get(name) ?? { lo: 0, hi: 0 });
  const lo = Math.min(...seen.map((range) => range.lo));
  const hi = Math.max(...seen.map((range) => range.hi));
  return { scale: 1, lo, hi, isFree: false, ...(own.length > 0 ? { isExact: true } : {}) };
}

/** Sums, limited or not: whole where what they read is. */
function keepsWhole({ activation }: LinearStep): boolean {
  return activation.name === "none" || activation.name === "clip";
}
