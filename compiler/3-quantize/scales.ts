/**
 * Scales: the real value of one integer unit of every tensor.
 *
 * Tensors that are the same numbers under other indices, or the largest of them, share a scale class. A class takes its scale from
 * the calibrated range of the tensors that enter it:
 *
 *     never negative   integers 0 .. 2^bits - 1            signed   integers -2^(bits-1) .. 2^(bits-1) - 1
 *
 * Values that no table limits (inputs looked up by q, sums that feed only outputs, sums before a tabulated activation) may use
 * `fineBits` more: they cost table rows, not precision of the rows they feed.
 */
import { type Activation, activationKey, isIndicator, isRounding } from "../activation.ts";
import { CompileError } from "../errors.ts";
import { isNeverNegative } from "../functions.ts";
import type { GivenIntegers } from "../given-inputs.ts";
import { powerOfTwoAtLeast } from "../math.ts";
import type { LinearStep, Part, RealProgram } from "../program.ts";
import { makesIndices, sourceTensor, stepInputs } from "../program.ts";
import { calibratedRange, type Ranges } from "./calibrate.ts";
import { type FeatureRanges, featureInputs } from "./features.ts";
import { integerRangeFor, signedRange, unsignedRange } from "./integer-range.ts";
import { findMasked, withMasks } from "./masks.ts";
import type { QuantizeOptions } from "./options.ts";
import { joinRanges, type Range, rangeOf } from "./range.ts";
import type { Precision, ScaleClass } from "./scale-class.ts";
import { inverseOf, tiedClass, tiedSteps } from "./tied-scales.ts";
import { treesOver } from "./trees.ts";
import { wholeClasses } from "./whole-numbers.ts";

export interface Scales {
  readonly classOf: (tensor: string) => ScaleClass;
  /** Scale of each element of an input with a scale of its own for every feature. */
  readonly featureScales: ReadonlyMap<string, readonly number[]>;
  /** Scale of the sum before a tabulated activation, by the name of the step's output. */
  readonly sumScales: ReadonlyMap<string, number>;
  /** True where the step's scales follow from those of what it reads (`tied-scales.ts`). */
  readonly isTied: (out: string) => boolean;
  /** Bits of the tensors whose bits the precision chooses, by the first tensor of those that share a scale. */
  readonly bits: ReadonlyMap<string, number>;
  readonly bitsOf: (tensor: string) => number | undefined;
}

/** Sums outside +-8 (sigmoid) and +-4 (tanh) give the first or last value of 8 bits; finer steps out there buy nothing. */
const SATURATES_AT: Readonly<Record<string, number>> = { sigmoid: 8, tanh: 4 };

/** 0 or 1. */
const BIT_CLASS: ScaleClass = { scale: 1, lo: 0, hi: 1, isFree: false };

const INDEX_CLASS: ScaleClass = { scale: 1, lo: 0, hi: 0, isFree: true };

export interface ScaleChoices extends QuantizeOptions {
  /** The integers of inputs that must not be chosen. */
  readonly given?: ReadonlyMap<string, GivenIntegers>;
}

export function chooseScales(
  program: RealProgram,
  ranges: Ranges,
  precision: Precision,
  options: ScaleChoices = {},
): Scales {
  const { given = new Map<string, GivenIntegers>() } = options;
  const find = scaleClasses(program);
  const featured = featureInputs(program, ranges, precision);
  const indices = new Set(program.steps.filter(makesIndices).map((step) => step.out));
  const members = new Map<string, string[]>();
  for (const name of program.shapes.keys()) members.set(find(name), [...(members.get(find(name)) ?? []), name]);
  for (const name of given.keys()) featured.delete(name);
  const positive = neverNegative(program, ranges, given);
  const classes = new Map<string, ScaleClass>();
  const featureScales = new Map<string, readonly number[]>();
  const masked = findMasked(program).tensors;
  const maskedClasses = new Map<string, ScaleClass>();
  const tied = tiedSteps(program, find);
  const isTied = (out: string): boolean => tied.has(find(out));
  const whole = wholeClasses(program, ranges, find);
  const isWhole = (name: string): boolean => whole.has(find(name));
  const sumScales = sharedSumScales(program, ranges, precision, { isTied, isWhole, classRoot: find });
  const scaleOf = (name: string): number => classes.get(find(name))?.scale ?? Number.NaN;
  // In the order of the program: what a tensor's scale is tied to comes before it.
  for (const [root, names] of members) {
    const wholeNumbers = whole.get(root);
    const integers = givenClass(names, given);
    if (wholeNumbers) {
      if (integers !== undefined) checkWhole(integers, wholeNumbers, names);
      classes.set(root, wholeNumbers);
      continue;
    }
    const input = names.find((name) => featured.has(name));
    const features = featured.get(input ?? "");
    if (integers !== undefined) {
      classes.set(root, integers);
    } else if (input !== undefined && features !== undefined) {
      const { scales, lo, hi } = featureClass(features);
      featureScales.set(input, scales);
      classes.set(root, {
        scale: Number.NaN,
        lo,
        hi,
        isFree: false,
        ...(treesOver(program, input) ? {} : { bits: features.bits }),
      });
    } else if (names.some((name) => indices.has(name))) {
      classes.set(root, INDEX_CLASS);
    } else {
      const isPositive = names.every((name) => positive.has(name));
      const step = tied.get(root);
      const raised = precision.raised?.get(root);
      const chosen = step
        ? tiedClass(step, { ranges, precision: raisedTo(precision, raised), isPositive, scaleOf }, sumScales)
        : scaleClass({ program, ranges, precision, options, names, isPositive, isTied, raised });
      classes.set(root, chosen);
      if (names.some((name) => masked.has(name))) maskedClasses.set(root, chosen);
    }
  }
  for (const [root, withRoom] of withMasks(maskedClasses)) classes.set(root, withRoom);
  const bits = new Map([...classes].flatMap(([root, { bits }]) => (bits === undefined ? [] : [[root, bits] as const])));
  return {
    classOf: (tensor) => classes.get(find(tensor)) ?? INDEX_CLASS,
    featureScales,
    sumScales,
    isTied,
    bits,
    bitsOf: (tensor) => bits.get(find(tensor)),
  };
}

/** Of a tensor whose scale others give: more bits for all that it is made of. */
function raisedTo(precision: Precision, bits: number | undefined): Precision {
  return bits === undefined || bits <= precision.activationBits ? precision : { ...precision, activationBits: bits };
}

/** The class of tensors that hold the numbers of a given input. */
function givenClass(names: readonly string[], given: ReadonlyMap<string, GivenIntegers>): ScaleClass | undefined {
  const found = names.flatMap((name) => given.get(name) ?? []);
  if (found.length === 0) return undefined;
  const [{ scale }] = found;
  if (found.some((item) => item.scale !== scale)) {
    throw new CompileError({
      reason: `inputs with scales of their own are joined: ${names.filter((name) => given.has(name)).join(", ")}`,
      expected: "one scale",
      got: found.map((item) => item.scale).join(", "),
      remedy: "multiply one of them by a factor in the model, or take the scale of one only",
    });
  }
  const [lo, hi] = [Math.min(...found.map((item) => item.lo)), Math.max(...found.map((item) => item.hi))];
  return { scale, lo, hi, isFree: false };
}

/** Whole numbers that something counts or looks up by must come as such. */
function checkWhole(integers: ScaleClass, { scale, lo, hi }: ScaleClass, names: readonly string[]): void {
  if (integers.scale === scale && integers.lo >= lo && integers.hi <= hi) return;
  throw new CompileError({
    reason: `the given integers are not the whole numbers that ${names[0]} needs`,
    expected: `scale ${scale}, ${lo}..${hi}`,
    got: `scale ${integers.scale}, ${integers.lo}..${integers.hi}`,
    remedy: "take an output of whole numbers in that range",
  });
}

/** The representative of each tensor's class. */
function scaleClasses({ steps }: RealProgram): (name: string) => string {
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    let root = name;
    for (let next = parent.get(root); next !== undefined; next = parent.get(root)) root = next;
    return root;
  };
  for (const step of steps) {
    if (step.kind === "linear" || makesIndices(step)) continue;
    const same = step.kind === "gather" ? sourceTensor(step) : stepInputs(step);
    for (const input of same) if (find(input) !== find(step.out)) parent.set(find(step.out), find(input));
  }
  return find;
}

interface ClassContext {
  readonly program: RealProgram;
  readonly ranges: Ranges;
  readonly precision: Precision;
  readonly options: QuantizeOptions;
  readonly names: readonly string[];
  readonly isPositive: boolean;
  /** Products that a step makes at their exact scale. */
  readonly isTied: (out: string) => boolean;
  readonly raised: number | undefined;
}

function scaleClass(context: ClassContext): ScaleClass {
  const { program, ranges, precision, options, names, isPositive, isTied, raised = 0 } = context;
  const isMember = new Set(names);
  const producers = program.steps.filter(
    (step): step is LinearStep => step.kind === "linear" && isMember.has(step.out),
  );
  const inputs = program.inputs.filter((name) => isMember.has(name));
  const isBit = producers.length > 0 && inputs.length === 0 && producers.every((step) => isIndicator(step.activation));
  if (isBit) return BIT_CLASS;
  const own = integerRange(producers);
  if (own !== undefined && inputs.length === 0) return { scale: 1, ...own, isFree: false };
  const gathered = constantsGathered(program, isMember);
  const isRead = program.steps.some(
    (step) =>
      (step.kind === "linear" || step.kind === "maxPool") && stepInputs(step).some((name) => isMember.has(name)),
  );
  const isFree = !isRead && producers.every((step) => step.activation.name === "none") && inputs.length === 0;
  const isFineInput = producers.length === 0 && !(isPositive && hasReluTable(program));
  const isFine = isFree || isFineInput || isFineClass(program, isMember);
  const bits = Math.max(raised, precision.activationBits + (isFine ? precision.fineBits : 0));
  // Bytes outside the circuit have their sign in the first bit.
  const isInner = inputs.length === 0 && !program.outputs.some((name) => isMember.has(name));
  const shape = { isPositive, quantization: isInner ? (options.quantization ?? "symmetric") : "symmetric" };
  let range: Range | undefined;
  for (const name of inputs) range = joinRanges(range, calibratedRange(ranges, name, options, bits, shape));
  for (const { activation, out } of producers) {
    const made =
      activation.name === "function"
        ? tabulatedRange(program, ranges, { activation, out })
        : calibratedRange(ranges, out, options, bits, shape);
    range = joinRanges(range, activationRange(activation) ?? made);
  }
  for (const values of gathered) range = joinRanges(range, rangeOf(values));
  const chosen = integerRangeFor(range ?? { lo: 0, hi: 0 }, bits, shape);
  const isMade = producers.length > 0 && inputs.length === 0 && gathered.length === 0;
  if (isMade && producers.every((step) => isRounding(step.activation)) && chosen.scale <= 1)
    return { ...chosen, scale: 1, isFree };
  const scale = meetsProduct(program, isMember, isTied) ? nearPowerOfTwo(chosen.scale) : chosen.scale;
  return { ...chosen, scale, isFree, bits };
}

/** Lists that members of a class are read from. */
function constantsGathered({ steps }: RealProgram, isMember: ReadonlySet<string>): Float64Array[] {
  return steps.flatMap((step) => {
    const isList = step.kind === "gather" && step.source.kind === "constants" && isMember.has(step.out);
    return isList && step.source.kind === "constants" ? [step.source.values] : [];
  });
}

/** The integers the model keeps these tensors in, where it keeps all of them. */
function integerRange(producers: readonly LinearStep[]): Range | undefined {
  let range: Range | undefined;
  for (const { activation } of producers) {
    if (activation.name !== "integers") return undefined;
    range = joinRanges(range, { lo: activation.lo, hi: activation.hi });
  }
  return range;
}

/** Made or read by a step that asks for it; inputs of the model keep the table they share. */
function isFineClass({ steps, inputs }: RealProgram, names: ReadonlySet<string>): boolean {
  if (inputs.some((name) => names.has(name))) return false;
  return steps.some(
    (step) =>
      step.kind === "linear" &&
      step.fine !== undefined &&
      (step.parts.some((part) => names.has(part.x)) || (step.fine === "all" && names.has(step.out))),
  );
}

/** Factors of products that are not exact, and sums of them. */
function meetsProduct({ steps }: RealProgram, names: ReadonlySet<string>, isTied: (out: string) => boolean): boolean {
  return steps.some(
    (step) =>
      step.kind === "linear" &&
      !isTied(step.out) &&
      step.parts.some(
        (part) => part.kind === "product" && (names.has(part.x) || names.has(part.y) || names.has(step.out)),
      ),
  );
}

/** Of the range of a factor, what may be cut off so that a sigmoid in 8 bits has the scale 1/256. */
const CUT_OFF = 1 / 64;

/**
 * The whole weight of a product is s_x·s_y/s_out·2^shiftBits, a small integer: exact for powers of two, else off by up to a percent
 * in the same direction everywhere.
 */
function nearPowerOfTwo(scale: number): number {
  let power = 1;
  while (power < scale * (1 - CUT_OFF)) power *= 2;
  while (power / 2 >= scale * (1 - CUT_OFF)) power /= 2;
  return power;
}

/** The table of a Relu holds inputs that are not negative as its values, in `activationBits`. */
function hasReluTable({ steps }: RealProgram): boolean {
  return steps.some((step) => step.kind === "maxPool" || (step.kind === "linear" && step.activation.name === "clip"));
}

/** Tensors without a negative value: inputs as the calibration samples show them, the rest by what makes them. */
function neverNegative(
  { inputs, steps }: RealProgram,
  ranges: Ranges,
  given: ReadonlyMap<string, GivenIntegers>,
): Set<string> {
  const lowest = (name: string): number => (given.get(name) ?? ranges.tensors.get(name))?.lo ?? -1;
  const positive = new Set(inputs.filter((name) => lowest(name) >= 0));
  for (const step of steps) {
    const isPositive =
      step.kind === "linear"
        ? isPositiveActivation(step.activation) || isPositiveSum(step, positive)
        : step.kind === "gather" && step.source.kind === "constants"
          ? step.source.values.every((value) => value >= 0)
          : stepInputs(step).every((name) => positive.has(name));
    if (isPositive) positive.add(step.out);
  }
  return positive;
}

function isPositiveActivation(activation: Activation): boolean {
  if (activation.name === "function") return isNeverNegative(activation.f, activation.a);
  return (
    activation.name === "sigmoid" ||
    ((activation.name === "clip" || activation.name === "integers") && activation.lo >= 0)
  );
}

/** Sums of tensors that are not negative with weights that are not: means, residual sums. */
function isPositiveSum({ parts, bias, activation }: LinearStep, positive: ReadonlySet<string>): boolean {
  if (activation.name === "tanh" || activation.name === "function" || (activation.name === "clip" && activation.hi < 0))
    return false;
  if (bias.data.some((value) => value < 0)) return false;
  return parts.every((part) => {
    const isSquare = part.kind === "product" && !part.contracts && part.x === part.y;
    const factors = part.kind === "product" ? [part.x, part.y] : [part.x];
    return (isSquare || factors.every((name) => positive.has(name))) && isPositivePart(part);
  });
}

function isPositivePart(part: Part): boolean {
  switch (part.kind) {
    case "conv":
    case "contract":
      return part.weights.every((weight) => weight >= 0);
    case "scale":
      return part.factors.every((factor) => factor >= 0);
    case "pool":
      return [...part.factors.values()].every((factor) => factor >= 0);
    case "trees":
      return part.forest.weights.every((weight) => weight >= 0);
    case "product":
    case "sum":
      return part.factor >= 0;
  }
}

/** Results of one function share a scale, and so a table, where that costs at most a bit. */
function tabulatedRange({ steps }: RealProgram, ranges: Ranges, step: Pick<LinearStep, "out" | "activation">): Range {
  const own = ranges.tensors.get(step.out) ?? { lo: 0, hi: 0 };
  const size = ({ lo, hi }: Range): number => Math.max(-lo, hi);
  const key = activationKey(step.activation);
  const alike = steps.flatMap((item) =>
    item.kind === "linear" && activationKey(item.activation) === key ? [ranges.tensors.get(item.out) ?? own] : [],
  );
  const joined = alike.reduce(joinRanges);
  return size(joined) <= 2 * size(own) ? joined : own;
}

/** Range of an activation that has one of its own. */
function activationRange(activation: Activation): Range | undefined {
  if (activation.name === "sigmoid") return { lo: 0, hi: 1 };
  if (activation.name === "tanh") return { lo: -1, hi: 1 };
  if (activation.name === "function" && activation.f === "decay") return { lo: 0, hi: 1 };
  return undefined;
}

interface SumContext {
  readonly isTied: (out: string) => boolean;
  readonly isWhole: (name: string) => boolean;
  readonly classRoot: (name: string) => string;
}

/** One scale for all sums before the same activation with the same bits, so that they share a table; a table of signs fits every scale. */
function sharedSumScales(
  { steps }: RealProgram,
  ranges: Ranges,
  { activationBits, fineBits, raised }: Precision,
  { isTied, isWhole, classRoot }: SumContext,
): Map<string, number> {
  const shared = new Map<string, number>();
  const keyed = steps.flatMap((step) => {
    if (step.kind !== "linear" || (inverseOf(step) !== undefined && isTied(step.out))) return [];
    const activation = isIndicator(step.activation) ? step.out : activationKey(step.activation);
    const limit = step.activation.name === "function" ? Number.POSITIVE_INFINITY : SATURATES_AT[activation];
    if (limit === undefined) return [];
    const bits = Math.max(activationBits, raised?.get(classRoot(step.out)) ?? 0);
    const name = `${activation} ${bits}`;
    const { lo, hi } = ranges.sums.get(step.out) ?? { lo: 0, hi: 0 };
    const largest = Math.min(limit, Math.max(-lo, hi));
    const scale = (largest > 0 ? largest : Number.isFinite(limit) ? limit : 1) / 2 ** (bits + fineBits - 1);
    // A power of two keeps sums of whole numbers exact.
    const exact = step.parts.every((part) => isWhole(part.x))
      ? Math.min(1, powerOfTwoAtLeast(scale))
      : powerOfTwoAtLeast(scale);
    const keepsWhole = isIndicator(step.activation) || isRounding(step.activation);
    shared.set(name, Math.max(shared.get(name) ?? 0, keepsWhole ? exact : scale));
    return [{ out: step.out, name }];
  });
  return new Map(keyed.map(({ out, name }) => [out, shared.get(name) as number]));
}

function featureClass({ ranges, bits }: FeatureRanges): { scales: number[]; lo: number; hi: number } {
  const isPositive = ranges.every(({ lo }) => lo >= 0);
  const limits = ranges.map(({ lo, hi }) => (isPositive ? unsignedRange(hi, bits) : signedRange(lo, hi, bits)));
  return { scales: limits.map(({ scale }) => scale), lo: limits[0].lo, hi: limits[0].hi };
}
