/** One choice of bits: the integer program and circuit it gives, and how well that answers. */
import type { Circuit } from "../../core/circuit.ts";
import { type Accuracy, expectedFlips, relativeError } from "../accuracy.ts";
import { CapacityError } from "../errors.ts";
import type { GivenIntegers } from "../given-inputs.ts";
import type { IntegerProgram, RealProgram } from "../program.ts";
import type { Sample } from "../samples.ts";
import { type Bounds, boundProgram } from "./bounds.ts";
import type { Ranges } from "./calibrate.ts";
import { correctBiases } from "./correct-bias.ts";
import { integerAnswers } from "./integer-answers.ts";
import { toIntegers } from "./integers.ts";
import type { QuantizeOptions } from "./options.ts";
import type { Precision } from "./scale-class.ts";
import { chooseScales, type Scales } from "./scales.ts";

export interface Built {
  readonly precision: Precision;
  readonly scales: Scales;
  readonly program: IntegerProgram;
  readonly bounds: Bounds;
  readonly circuit: Circuit;
}

export interface Candidate extends Built {
  /** Root mean square of integer minus float outputs, in standard deviations of the float outputs. */
  readonly error: number;
  /** Share of decisions that the error is expected to turn. */
  readonly flips: number;
}

/** A choice, and the size of circuit it is expected to give. */
export interface Sized {
  readonly precision: Precision;
  readonly logRows: number;
}

/** A tensor that answers are judged by: an output, or the values that an index output is chosen from. */
export interface Decision {
  readonly tensor: string;
  readonly isIndex: boolean;
  /** The real program's values, by sample. */
  readonly float: readonly Float64Array[];
}

export interface SearchInputs {
  readonly program: RealProgram;
  readonly ranges: Ranges;
  readonly quantize: QuantizeOptions;
  /** By input. */
  readonly given: ReadonlyMap<string, GivenIntegers>;
  /** What candidates are judged on. */
  readonly samples: readonly Sample[];
  readonly decisions: readonly Decision[];
  readonly lower: (program: IntegerProgram, bounds: Bounds) => Circuit;
  /** Accuracy at the task, which an accuracy goal is about. */
  readonly accuracyOf: (built: Built) => Accuracy;
  /** Told what is being tried. */
  readonly progress: (line: string) => void;
}

export function build({ program, ranges, quantize, given, lower }: SearchInputs, precision: Precision): Built {
  const scales = chooseScales(program, ranges, precision, { ...quantize, given });
  const rounded = toIntegers(program, scales, precision);
  const integers = quantize.biasCorrection ? correctBiases(program, rounded, scales, ranges.means) : rounded;
  const bounds = boundProgram(integers);
  return { precision, scales, program: integers, bounds, circuit: lower(integers, bounds) };
}

/** On the first `count` samples, or on all of them. */
export function judge({ samples, decisions }: SearchInputs, built: Built, count = samples.length): Candidate {
  const answers = integerAnswers(built.program, samples.slice(0, count), {
    names: decisions.map(({ tensor }) => tensor),
  });
  const judged = decisions.map(({ float, isIndex }, index) => ({
    float: float.slice(0, count),
    integer: answers.map((all) => all[index]),
    isIndex,
  }));
  return {
    ...built,
    error: Math.max(...judged.map(({ float, integer }) => relativeError(float, integer))),
    flips: Math.max(...judged.map(expectedFlips)),
  };
}

/** A bound that one choice breaks and another may keep; other errors pass on. */
export function refusalOf(error: unknown): CapacityError {
  if (error instanceof CapacityError) return error;
  throw error;
}

/** Rows that the tables of a circuit take, with the table of remainders. */
export function tableRowsOf({ tables, shiftBits }: Pick<Circuit, "tables" | "shiftBits">): number {
  return tables.reduce((sum, { lo, hi }) => sum + hi - lo + 1, 2 ** shiftBits);
}
