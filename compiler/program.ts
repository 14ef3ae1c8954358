/**
 * Programs: what is left of a model once every operator has become one of six kinds of step.
 *
 *     linear    out = f( bias + sum of parts ), each part linear in one tensor with constant weights, decision trees over one
 *               tensor, or a product of two tensors
 *     maxPool   out = largest value of each window
 *     argMax    out = index of the largest (or smallest) value, the first (or last) of equals, or a number that stands for it
 *     rank      out = how many values of the axis come before this one, largest first, equals in their order
 *     gather    out = the element of a tensor, or of a list of constants, at an index that is computed
 *     view      out = the same numbers under other indices
 *
 * A real program has real weights and activations f; an integer program (`IntegerProgram`) has the same steps with integer weights,
 * and each linear step ends in one rounding division and one table:
 *
 *     q = floor((acc + 2^(shiftBits-1)) / 2^shiftBits)        y = T(q)
 *
 * Tensors are named; shapes are static and row-major.
 */
import type { Activation } from "./activation.ts";
import type { Forest } from "./forest.ts";
import type { TableFunction } from "./table-function.ts";

/** Input index i = stride·o + dilation·k - pad, for 0 <= o < outN, 0 <= k < kernel; used where 0 <= i < inputN. */
export interface Window {
  readonly inputN: number;
  readonly outN: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
}

/** x [N, C, spatial...] with weights [O, C/groups, kernel...] to [N, O, spatial...]. */
export interface ConvPart {
  readonly kind: "conv";
  readonly x: string;
  readonly groups: number;
  readonly channels: number;
  readonly outChannels: number;
  /** One or two spatial axes. */
  readonly windows: readonly Window[];
  readonly weights: Float64Array;
}

/** Replaces axis `axis` of x, of length inN, by sum_k weights[m][k]·x[.., k, ..]. */
export interface ContractPart {
  readonly kind: "contract";
  readonly x: string;
  readonly axis: number;
  readonly inN: number;
  readonly outN: number;
  readonly weights: Float64Array;
}

/** x times factors that broadcast to the step's shape. */
export interface ScalePart {
  readonly kind: "scale";
  readonly x: string;
  readonly shape: readonly number[];
  readonly factors: Float64Array;
}

/** x [N, C, spatial...]: sum over windows times the factor of the number of cells the window counts. */
export interface PoolPart {
  readonly kind: "pool";
  readonly x: string;
  readonly windows: readonly Window[];
  /** For each spatial axis and output index, how many cells count. */
  readonly counts: readonly (readonly number[])[];
  /** By the product of the counts. */
  readonly factors: ReadonlyMap<number, number>;
}

/** Sum over some axes of x, times a factor. */
export interface SumPart {
  readonly kind: "sum";
  readonly x: string;
  readonly axes: readonly number[];
  readonly factor: number;
}

/** x [N, features] to [N, targets]: the weights of the leaves that the trees lead x to. */
export interface TreesPart {
  readonly kind: "trees";
  readonly x: string;
  readonly forest: Forest;
}

/**
 * factor · x · y, two tensors that both depend on the input: element by element for tensors of the step's shape, or, contracted,
 * x [batch.., m, k] with y [batch.., n, k] to [batch.., m, n].
 */
export interface ProductPart {
  readonly kind: "product";
  readonly x: string;
  readonly y: string;
  readonly contracts: boolean;
  readonly factor: number;
}

/** Parts that are linear in one tensor. */
export type LinearPart = ConvPart | ContractPart | ScalePart | PoolPart | SumPart;

export type Part = LinearPart | TreesPart | ProductPart;

/** An array that broadcasts to the step's shape. */
export interface Bias {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface NodeReference {
  readonly name: string;
  readonly op: string;
}

interface StepBase {
  readonly out: string;
  readonly shape: readonly number[];
  /** The nodes it stands for, in the order of the model. */
  readonly nodes: readonly NodeReference[];
}

/** Whole numbers lo..hi. */
export interface IndexRange {
  readonly lo: number;
  readonly hi: number;
}

export interface LinearStep extends StepBase {
  readonly kind: "linear";
  readonly parts: readonly Part[];
  readonly bias: Bias;
  readonly activation: Activation;
  /** Errors of what it reads, or of its result too, grow in the steps that follow: these tensors take `fineBits` more. */
  readonly fine?: "inputs" | "all";
  /** Whatever the values it reads, its sum is at most 0: differences to a maximum. */
  readonly isNeverPositive?: true;
  /** Where its parts read indices: the whole numbers they may be, part by part. */
  readonly indexRanges?: readonly IndexRange[];
}

export interface MaxPoolStep extends StepBase {
  readonly kind: "maxPool";
  readonly x: string;
  readonly windows: readonly Window[];
}

export interface ArgMaxStep extends StepBase {
  readonly kind: "argMax";
  readonly x: string;
  readonly axis: number;
  readonly lastOfEquals: boolean;
  readonly ofSmallest: boolean;
  /** What stands for each index; the index itself when absent. */
  readonly values?: readonly number[];
  /** Names of the values 0, 1, .. where they stand for names. */
  readonly labels?: readonly string[];
}

/** Counts ranks from the largest value, or from the smallest. */
export interface RankStep extends StepBase {
  readonly kind: "rank";
  readonly x: string;
  readonly axis: number;
  readonly ofSmallest: boolean;
}

/** What a gather reads, row-major: a tensor, or constants. */
export type GatherSource =
  | { readonly kind: "tensor"; readonly x: string }
  | { readonly kind: "constants"; readonly values: Float64Array };

/** A tensor of the step's shape whose elements are whole numbers from 0 to count - 1. */
export interface GatherIndex {
  readonly name: string;
  /** Elements of the source between neighbouring indices. */
  readonly stride: number;
  readonly count: number;
}

/** out[i] = source[sum of starts[i] + sum of stride · index[i]]; starts broadcast to the step's shape. */
export interface GatherStep extends StepBase {
  readonly kind: "gather";
  readonly source: GatherSource;
  readonly indices: readonly GatherIndex[];
  readonly starts: readonly Bias[];
}

/**
 * slice: index j of the axis reads index start + step·j, and 0 outside the axis.
 * pick: element i reads element positions[i], row-major, and 0 where that is negative.
 */
export type ViewChange =
  | { readonly name: "reshape" }
  | { readonly name: "transpose"; readonly permutation: readonly number[] }
  | { readonly name: "slice"; readonly axis: number; readonly start: number; readonly step: number }
  | { readonly name: "expand" }
  | { readonly name: "concat"; readonly axis: number }
  | { readonly name: "pick"; readonly positions: Int32Array };

/** One input, or several for concat. */
export interface ViewStep extends StepBase {
  readonly kind: "view";
  readonly inputs: readonly string[];
  readonly change: ViewChange;
}

/** Steps that choose and move numbers, and compute none. */
export type MovingStep = MaxPoolStep | ArgMaxStep | RankStep | GatherStep | ViewStep;

export type RealStep = LinearStep | MovingStep;

export interface RealProgram {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly steps: readonly RealStep[];
}

export interface IntegerLinearStep extends Omit<LinearStep, "activation"> {
  readonly table: TableFunction;
}

export type IntegerStep = IntegerLinearStep | MovingStep;

/** An input tensor: integers lo..hi, real value = scale·integer, element by element when several scales are given. */
export interface IntegerInput {
  readonly name: string;
  readonly shape: readonly number[];
  readonly lo: number;
  readonly hi: number;
  /** Indices: no proof exists for a value outside lo..hi. */
  readonly isExact?: true;
  readonly scales: readonly number[];
}

export interface IntegerProgram {
  readonly shiftBits: number;
  readonly inputs: readonly IntegerInput[];
  readonly outputs: readonly string[];
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** Real value of one unit of each tensor; inputs with several scales have none. */
  readonly scales: ReadonlyMap<string, number>;
  readonly steps: readonly IntegerStep[];
}

/** Steps whose outputs are whole numbers of their own, without a scale: chosen classes, ranks. */
export function makesIndices(step: { readonly kind: string } | undefined): boolean {
  return step?.kind === "argMax" || step?.kind === "rank";
}

export function stepInputs(step: { readonly kind: string } & (RealStep | IntegerStep)): readonly string[] {
  if (step.kind === "linear")
    return step.parts.flatMap((part) => (part.kind === "product" ? [part.x, part.y] : [part.x]));
  if (step.kind === "view") return step.inputs;
  if (step.kind === "gather") return [...sourceTensor(step), ...step.indices.map(({ name }) => name)];
  return [step.x];
}

/** The tensor that a gather reads; none where it reads constants. */
export function sourceTensor({ source }: GatherStep): readonly string[] {
  return source.kind === "tensor" ? [source.x] : [];
}

/** What an error about a step names. */
export function placeOf({ nodes }: StepBase): { readonly node: string | undefined; readonly op: string | undefined } {
  return { node: nodes[0]?.name, op: nodes[0]?.op };
}

/** True when some pair of the window falls outside the input. */
export function isClipped({ inputN, outN, kernel, stride, dilation, pad }: Window): boolean {
  return pad > 0 || stride * (outN - 1) + dilation * (kernel - 1) - pad >= inputN;
}

/** Outputs o for which i = stride·o + offset lies in [from, to). */
export function outputsInside(
  stride: number,
  offset: number,
  from: number,
  to: number,
  outN: number,
): { from: number; to: number } {
  const first = Math.max(0, Math.ceil((from - offset) / stride));
  const end = Math.min(outN, Math.floor((to - 1 - offset) / stride) + 1);
  return { from: first, to: Math.max(first, end) };
}
