/**
 * Chooses the bits: the smallest circuit whose integer model still answers like the float model on the calibration samples, and
 * among circuits of that size the most accurate. Proving time doubles with each further row bit; precision within a size is free.
 */
import type { Circuit } from "../../core/circuit.ts";
import { multiplicationsOf } from "../steps/work.ts";
import { build, type Candidate, judge, refusalOf, type SearchInputs, type Sized, tableRowsOf } from "./candidate.ts";
import { searchGoal } from "./goal.ts";
import { treesOver } from "./trees.ts";

export interface SearchOptions {
  /** Fixed where given. */
  readonly activationBits?: number;
  readonly fineBits?: number;
  readonly shiftBits?: number;
  /**
   * The accuracy that integers may cost, in points: hundredths of the share of right answers, or of R2. Tensors then get 8, 12 or 16 bits each,
   * and the smallest circuit that keeps the goal is chosen (`goal.ts`).
   */
  readonly maxAccuracyDrop?: number;
}

/** Beyond 8 bits an image input needs 2 bytes a pixel on chain; below 6 the models of examples/models lose accuracy. */
const ACTIVATION_BITS = [8, 7, 6];
const FINE_BITS = [4, 3, 2, 1, 0];
const SHIFT_BITS = [14, 13, 12, 11, 10];

/** Outputs off by 3 % of their spread (rms) cost a regression 0.001 of R2. */
const GOOD_ERROR = 0.03;

/** A quarter of a point, half of what quantization may cost. */
const GOOD_FLIPS = 0.0025;

/** Circuits of up to 8 times the smallest size are worth a better answer. */
const MAX_EXTRA_ROW_BITS = 3;

/** Evaluations on the samples for each size: they take most of the compile time. */
const TRIALS_PER_SIZE = 4;

/** Multiplications that all trials of one size may take, about five seconds; large models get fewer trials. */
const TRIAL_WORK = 4e9;

export function searchPrecision(inputs: SearchInputs, options: SearchOptions): Candidate {
  const sized = sizeCombinations(inputs, options);
  const work = multiplicationsOf(inputs.program) * inputs.samples.length;
  const trials = Math.max(1, Math.min(TRIALS_PER_SIZE, Math.floor(TRIAL_WORK / work)));
  if (options.maxAccuracyDrop !== undefined)
    return searchGoal(inputs, sized, { ...options, trials, maxAccuracyDrop: options.maxAccuracyDrop });
  const smallest = Math.min(...sized.map(({ logRows }) => logRows));
  let best: Candidate | undefined;
  let refusal: unknown;
  for (let logRows = smallest; logRows <= smallest + MAX_EXTRA_ROW_BITS; logRows++) {
    let left = trials;
    for (const [index, { precision, logRows: reckoned }] of sized.entries()) {
      if (reckoned !== logRows || left === 0) continue;
      try {
        const built = build(inputs, precision);
        // Larger than reckoned: it waits for its size.
        sized[index] = { precision, logRows: Math.max(logRows, built.circuit.logRows) };
        if (sized[index].logRows > logRows) continue;
        left--;
        const candidate = judge(inputs, built);
        if (best === undefined || isBetter(candidate, best)) best = candidate;
      } catch (error) {
        refusal = refusalOf(error);
      }
    }
    if (best && isGood(best)) return best;
  }
  if (best === undefined) throw refusal;
  return best;
}

function isGood({ error, flips }: Candidate): boolean {
  return error <= GOOD_ERROR && flips <= GOOD_FLIPS;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.flips === b.flips ? a.error < b.error : a.flips < b.flips;
}

/**
 * Every combination with the size of its circuit, most precise first. Table domains depend little on the shift, so a circuit is
 * built for one shift and the others are reckoned from it; only what trees read has as many bits as the shift.
 */
function sizeCombinations(inputs: SearchInputs, options: SearchOptions): Sized[] {
  const choices = (given: number | undefined, all: readonly number[]): readonly number[] =>
    given === undefined ? all : [given];
  const shifts = choices(options.shiftBits, SHIFT_BITS);
  const probes = inputs.program.inputs.some((name) => treesOver(inputs.program, name)) ? shifts : shifts.slice(0, 1);
  const sized: Sized[] = [];
  let refusal: unknown;
  for (const activationBits of choices(options.activationBits, ACTIVATION_BITS)) {
    for (const fineBits of choices(options.fineBits, FINE_BITS)) {
      for (const probe of probes) {
        try {
          const { circuit } = build(inputs, { activationBits, fineBits, shiftBits: probe });
          for (const shiftBits of probes.length > 1 ? [probe] : shifts)
            sized.push({ precision: { activationBits, fineBits, shiftBits }, logRows: logRowsFor(circuit, shiftBits) });
        } catch (error) {
          refusal = refusalOf(error);
        }
      }
    }
  }
  if (sized.length === 0) throw refusal;
  return sized;
}

/** Size of the circuit with another shift. */
function logRowsFor(circuit: Circuit, shiftBits: number): number {
  const tableRows = tableRowsOf({ tables: circuit.tables, shiftBits });
  let logRows = Math.max(0, ...circuit.segments.flatMap((segment) => segment.products.map((product) => product.bits)));
  while (circuit.maskRows + Math.max(tableRows, circuit.constrainedEnd - circuit.maskRows) > 2 ** logRows) logRows++;
  return logRows;
}
