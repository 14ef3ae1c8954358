/**
 * The smallest circuit whose integer model keeps an accuracy goal, with 8, 12 or 16 bits for each tensor.
 *
 * Sizes are tried in order, from the smallest. At each, first the choices with the same bits for all tensors; then the most accurate choice
 * so far is refined by as many moves as fit the size, and as few of them as keep the goal. A move gives more bits to the
 * tensors of one scale, or to the weights (shiftBits). Moves are made in the order of what they save per table row they take: the mean square
 * error of the answers, measured for each move alone. 8 bits come before 12 and these before 16. That is greedy: it finds a small
 * circuit, not always the smallest there is.
 */
import type { Accuracy } from "../accuracy.ts";
import { AccuracyGoalError } from "../errors.ts";
import { multiplicationsOf } from "../steps/work.ts";
import {
  type Built,
  build,
  type Candidate,
  judge,
  refusalOf,
  type SearchInputs,
  type Sized,
  tableRowsOf,
} from "./candidate.ts";
import type { Precision } from "./scale-class.ts";

export interface GoalOptions {
  /** Points. */
  readonly maxAccuracyDrop: number;
  /** Choices with the same bits everywhere that are judged for each size. */
  readonly trials: number;
  /** Where given, weights get no other. */
  readonly shiftBits?: number;
  readonly maxLogRows?: number;
}

const TENSOR_BITS = [8, 12, 16] as const;
/** What a move adds to shiftBits, for each of the steps of TENSOR_BITS. */
const SHIFT_STEP = 2;
const MAX_SHIFT_BITS = 20;
const MAX_LOG_ROWS = 24;

/** Multiplications that measuring all moves may take: about ten seconds. */
const MOVE_WORK = 1e10;

interface Measured extends Candidate {
  readonly accuracy: Accuracy;
}

export function searchGoal(inputs: SearchInputs, sized: readonly Sized[], options: GoalOptions): Candidate {
  const waiting = sized.map((item) => ({ ...item }));
  const largest = options.maxLogRows ?? MAX_LOG_ROWS;
  let uniform: Measured | undefined;
  let closest: Measured | undefined;
  let moves: readonly Move[] | undefined;
  let refusal: unknown;
  for (let logRows = Math.min(...waiting.map((item) => item.logRows)); logRows <= largest; logRows++) {
    let left = options.trials;
    for (const item of waiting) {
      if (item.logRows !== logRows || left === 0) continue;
      try {
        const built = build(inputs, item.precision);
        item.logRows = Math.max(logRows, built.circuit.logRows);
        if (item.logRows > logRows) continue;
        left--;
        uniform = betterOf(measure(inputs, built), uniform);
      } catch (error) {
        refusal = refusalOf(error);
      }
    }
    if (uniform === undefined) continue;
    if (keepsGoal(uniform, options)) return uniform;
    moves ??= orderMoves(inputs, uniform, options);
    const { count, built, possible } = longestPrefix(inputs, uniform.precision, moves, logRows);
    moves = possible;
    const refined = built && measure(inputs, built);
    if (refined && keepsGoal(refined, options))
      return shortestPrefix(inputs, uniform.precision, moves, count, refined, options);
    closest = betterOf(refined ?? uniform, closest);
    if (count === moves.length && !waiting.some((item) => item.logRows > logRows)) break;
  }
  if (closest === undefined) throw refusal;
  throw missedGoal(closest, options);
}

/** One more step of bits. */
interface Move {
  /** The first of the tensors that share a scale; absent for the weights. */
  readonly tensor: string | undefined;
  readonly bits: number;
}

function measure(inputs: SearchInputs, built: Built): Measured {
  const candidate = { ...judge(inputs, built), accuracy: inputs.accuracyOf(built) };
  inputs.progress(
    `2^${built.circuit.logRows} rows, ${bitsText(built)}: accuracy ${candidate.accuracy.accuracyInteger.toFixed(4)}, ` +
      `drop ${points(candidate.accuracy.accuracyDrop)} points`,
  );
  return candidate;
}

function bitsText({ precision: { activationBits, fineBits, shiftBits, raised } }: Built): string {
  const counts = TENSOR_BITS.map((bits) => [[...(raised?.values() ?? [])].filter((n) => n === bits).length, bits]);
  const more = counts.flatMap(([count, bits]) => (count > 0 ? [`, ${count} tensors in ${bits}`] : []));
  return `${activationBits}+${fineBits} bits${more.join("")}, shift ${shiftBits}`;
}

const points = (share: number): string => String(Number((100 * share).toPrecision(3)));

/** Half a unit in the last place of a share that is written in points. */
const ROUNDING = 1e-12;

function keepsGoal({ accuracy }: Measured, { maxAccuracyDrop }: GoalOptions): boolean {
  return accuracy.accuracyDrop <= maxAccuracyDrop / 100 + ROUNDING;
}

function betterOf(a: Measured, b: Measured | undefined): Measured {
  if (b === undefined) return a;
  const [first, second] = [a.accuracy.accuracyDrop, b.accuracy.accuracyDrop];
  return first < second || (first === second && a.error < b.error) ? a : b;
}

function orderMoves(inputs: SearchInputs, base: Measured, options: GoalOptions): Move[] {
  const kinds: Move[] = [...base.scales.bits].flatMap(([tensor, bits]) => {
    const next = TENSOR_BITS.find((choice) => choice > bits);
    return next === undefined ? [] : [{ tensor, bits: next }];
  });
  if (options.shiftBits === undefined) kinds.push({ tensor: undefined, bits: base.precision.shiftBits + SHIFT_STEP });
  const work = multiplicationsOf(inputs.program) * Math.max(1, kinds.length);
  const count = Math.max(1, Math.min(inputs.samples.length, Math.floor(MOVE_WORK / work)));
  inputs.progress(`measuring what more bits of ${kinds.length} tensors save, on ${count} samples`);
  const before = judge(inputs, base, count).error ** 2;
  const ranked = kinds.flatMap((move) => {
    try {
      const built = build(inputs, withMoves(base.precision, [move]));
      const rows = tableRowsOf(built.circuit) - tableRowsOf(base.circuit);
      return [{ move, worth: (before - judge(inputs, built, count).error ** 2) / Math.max(1, rows) }];
    } catch (error) {
      refusalOf(error);
      return [];
    }
  });
  ranked.sort((a, b) => b.worth - a.worth);
  // Every kind of move once for each step of bits, in the same order.
  return TENSOR_BITS.flatMap((target, step) =>
    ranked.flatMap(({ move: { tensor } }): Move[] => {
      if (tensor !== undefined) return target > (base.scales.bits.get(tensor) ?? 0) ? [{ tensor, bits: target }] : [];
      const bits = base.precision.shiftBits + SHIFT_STEP * (step + 1);
      return bits <= MAX_SHIFT_BITS ? [{ tensor, bits }] : [];
    }),
  );
}

function withMoves(precision: Precision, moves: readonly Move[]): Precision {
  const raised = new Map(precision.raised);
  let { shiftBits } = precision;
  for (const { tensor, bits } of moves) {
    if (tensor === undefined) shiftBits = Math.max(shiftBits, bits);
    else raised.set(tensor, bits);
  }
  return { ...precision, shiftBits, raised };
}

interface Prefix {
  readonly count: number;
  readonly built: Built | undefined;
  /** The moves without those that break a bound. */
  readonly possible: readonly Move[];
}

/** As many of the first moves as give a circuit of that size; by bisection, since each move makes circuits larger. */
function longestPrefix(inputs: SearchInputs, base: Precision, moves: readonly Move[], logRows: number): Prefix {
  let [count, tooMany] = [0, moves.length + 1];
  let built: Built | undefined;
  let refused: number | undefined;
  while (tooMany - count > 1) {
    const middle = Math.floor((count + tooMany) / 2);
    const tried = tryBuild(inputs, withMoves(base, moves.slice(0, middle)));
    if (tried && tried.circuit.logRows <= logRows) {
      [count, built] = [middle, tried];
    } else {
      tooMany = middle;
      refused = tried ? undefined : middle;
    }
  }
  if (refused === undefined) return { count, built, possible: moves };
  return longestPrefix(
    inputs,
    base,
    moves.filter((_, index) => index !== (refused as number) - 1),
    logRows,
  );
}

/** As few of the first moves as keep the goal, by bisection. */
function shortestPrefix(
  inputs: SearchInputs,
  base: Precision,
  moves: readonly Move[],
  enough: number,
  found: Measured,
  options: GoalOptions,
): Measured {
  let [tooFew, count, best] = [0, enough, found];
  while (count - tooFew > 1) {
    const middle = Math.floor((count + tooFew) / 2);
    const built = tryBuild(inputs, withMoves(base, moves.slice(0, middle)));
    const tried = built && measure(inputs, built);
    if (tried && keepsGoal(tried, options)) [count, best] = [middle, tried];
    else tooFew = middle;
  }
  return best;
}

function tryBuild(inputs: SearchInputs, precision: Precision): Built | undefined {
  try {
    return build(inputs, precision);
  } catch (error) {
    refusalOf(error);
    return undefined;
  }
}

function missedGoal(best: Measured, { maxAccuracyDrop }: GoalOptions): AccuracyGoalError {
  const { accuracy } = best;
  return new AccuracyGoalError({
    reason: `no choice of bits keeps the accuracy within ${maxAccuracyDrop} points of the float model (${accuracy.metric})`,
    expected: `a drop of at most ${maxAccuracyDrop} points from ${accuracy.accuracyFloat.toFixed(4)}`,
    got: `a drop of ${points(accuracy.accuracyDrop)} points with ${bitsText(best)} in 2^${best.circuit.logRows} rows`,
    remedy:
      "allow a larger drop, give calibration samples that look more like the samples, or more samples: with few of them, one answer is many points",
  });
}
