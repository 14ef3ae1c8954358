/**
 * Which way to cut a circuit into columns.
 *
 * Columns cost gas (a point to combine, and two words of calldata for a witness column); long columns cost proving time and SRS. The
 * planner lays the same integer program out in every sensible way, estimates each, and keeps those that no other beats in both gas and
 * time: the curve that `gavel inspect` shows and `--prefer` picks an end of.
 */
import type { CircuitLayout } from "../compiler/4-lower/assemble.ts";
import type { Circuit } from "../core/circuit.ts";
import { layoutOf } from "../core/layout.ts";
import { type CostEstimate, estimateCost } from "./estimate.ts";

export const PREFERENCES = ["gas", "time"] as const;
export type Preference = (typeof PREFERENCES)[number];

export interface LayoutChoice extends CircuitLayout {
  readonly witnessColumns: number;
  readonly fixedColumns: number;
  /** Powers of tau that the prover needs. */
  readonly srsPoints: number;
  readonly estimated: CostEstimate;
  /** No other choice needs less gas and no more time, or less time and no more gas. */
  readonly onCurve: boolean;
}

export interface LayoutPlan {
  /** By gas. */
  readonly choices: readonly LayoutChoice[];
  readonly chosen: LayoutChoice;
  /** The circuit laid out as chosen. */
  readonly circuit: Circuit;
}

/** A single weight column may be as long as this. */
const MAX_FIXED_COLUMN_LENGTH = 2 ** 22;
const BLOCKS_PER_COLUMN = [4, 2, 1] as const;

export interface PlanRequest {
  readonly prefer?: Preference;
  /** Fixed where given. */
  readonly layout?: Partial<CircuitLayout>;
}

/** `circuit` is what the compiler lays out by itself: the choice when nothing is preferred. */
export function planLayout(
  circuit: Circuit,
  layOut: (layout: CircuitLayout) => Circuit,
  { prefer, layout = {} }: PlanRequest = {},
): LayoutPlan {
  const measured = candidateLayouts(circuit, layout).map((candidate) => describe(layOut(candidate)));
  const own = describe(circuit);
  if (!measured.some((choice) => sameLayout(choice, own))) measured.push(own);
  const choices = measured
    .map((choice) => ({ ...choice, onCurve: !measured.some((other) => beats(other, choice)) }))
    .sort((a, b) => a.estimated.gasUsed - b.estimated.gasUsed || a.estimated.proveMs - b.estimated.proveMs);
  const standing = choices.find((choice) => sameLayout(choice, own)) as LayoutChoice;
  const chosen = prefer === undefined ? standing : best(choices, prefer);
  return { choices, chosen, circuit: chosen === standing ? circuit : layOut(chosen) };
}

function candidateLayouts(circuit: Circuit, given: Partial<CircuitLayout>): CircuitLayout[] {
  const rows = 2 ** circuit.logRows;
  const allWeights = 2 ** Math.ceil(Math.log2(Math.max(circuit.fixedLength, 1)));
  return BLOCKS_PER_COLUMN.filter((blocks) => (given.blocksPerColumn ?? blocks) === blocks).flatMap(
    (blocksPerColumn) => {
      const lengths = [rows, blocksPerColumn * rows, Math.min(Math.max(rows, allWeights), MAX_FIXED_COLUMN_LENGTH)];
      return [...new Set(given.fixedColumnLength === undefined ? lengths : [given.fixedColumnLength])].map(
        (fixedColumnLength) => ({ blocksPerColumn, fixedColumnLength }),
      );
    },
  );
}

function describe(circuit: Circuit): Omit<LayoutChoice, "onCurve"> {
  const { witnessColumns, fixedColumns, srsCount } = layoutOf(circuit);
  return {
    blocksPerColumn: circuit.blocksPerColumn,
    fixedColumnLength: circuit.fixedColumnLength,
    witnessColumns,
    fixedColumns,
    srsPoints: srsCount,
    estimated: estimateCost(circuit),
  };
}

function sameLayout(a: CircuitLayout, b: CircuitLayout): boolean {
  return a.blocksPerColumn === b.blocksPerColumn && a.fixedColumnLength === b.fixedColumnLength;
}

type Estimated = Pick<LayoutChoice, "estimated">;

function beats({ estimated: a }: Estimated, { estimated: b }: Estimated): boolean {
  const noWorse = a.gasUsed <= b.gasUsed && a.proveMs <= b.proveMs;
  return noWorse && (a.gasUsed < b.gasUsed || a.proveMs < b.proveMs);
}

function best(choices: readonly LayoutChoice[], prefer: Preference): LayoutChoice {
  const key = ({ estimated }: LayoutChoice): [number, number] =>
    prefer === "gas" ? [estimated.gasUsed, estimated.proveMs] : [estimated.proveMs, estimated.gasUsed];
  return choices.reduce((a, b) => {
    const [first, second] = [key(a), key(b)];
    return second[0] < first[0] || (second[0] === first[0] && second[1] < first[1]) ? b : a;
  });
}
