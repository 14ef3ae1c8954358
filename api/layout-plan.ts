/**
 * Which way to lay a program out.
 *
 *     columns     fewer cost less gas (a point to combine, and two words of calldata for a witness column); shorter ones cost less
 *                 proving time and SRS
 *     lookups     one for each value, in a table as wide as its worst case; or two, the first in a table that all functions share
 *                 and that limits the domains of their own: more rows, fewer table rows (`compiler/4-lower/two-stage.ts`)
 *     sums        a tensor that is a sum of cells is read cell by cell by each reader, or copied to rows of its own: more rows, fewer terms
 *
 * The planner lays the same integer program out in every sensible way, estimates each, and keeps those that no other beats in both gas
 * and time: the curve that `gavel inspect` shows and `--prefer` picks an end of. Lookups and sums decide rows and terms, columns only
 * where those stand: so columns are weighed for the groupings that no other beats.
 */
import type { CircuitLayout } from "../compiler/4-lower/assemble.ts";
import { gasOfSeconds } from "../compiler/4-lower/columns.ts";
import type { Circuit } from "../core/circuit.ts";
import { layoutOf } from "../core/layout.ts";
import { type CostEstimate, estimateCost } from "./estimate.ts";

export const PREFERENCES = ["gas", "time"] as const;
export type Preference = (typeof PREFERENCES)[number];

export interface LayoutChoice extends CircuitLayout {
  readonly logRows: number;
  /** Cells of fixed columns, padding between them included. */
  readonly fixedCells: number;
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
const LOOKUP_DEPTHS = [1, 2] as const;
/** Smaller differences between groupings are below what the gas model tells apart. */
const RESOLVED_GAS = 1000;
/** Time is predicted to about a twentieth: columns are others than the compiler's own only where that gains more. */
const RESOLVED_SHARE = 1 / 20;

export interface PlanRequest {
  readonly prefer?: Preference;
  /** Fixed where given. */
  readonly layout?: Partial<CircuitLayout>;
}

type LayOut = (layout: Partial<CircuitLayout>) => Circuit;
type Weighed = Omit<LayoutChoice, "onCurve">;

/**
 * Without a preference, the grouping of least gas and time in the columns that the compiler gives it by itself, or the choice of least gas
 * and time where that gains enough: columns also decide whether the verifier is a contract of its own, which the compiler does not see.
 */
export function planLayout(layOut: LayOut, { prefer, layout = {} }: PlanRequest = {}): LayoutPlan {
  const groupings = weighGroupings(layOut, layout);
  const standing = groupings.reduce((a, b) => (weight(b) < weight(a) - RESOLVED_GAS ? b : a));
  const weighed = [...groupings];
  for (const grouping of unbeaten(groupings)) {
    for (const columns of candidateColumns(grouping, layout)) {
      const candidate = { ...groupingOf(grouping), ...columns };
      if (!weighed.some((choice) => sameLayout(choice, candidate))) weighed.push(weigh(layOut(candidate), candidate));
    }
  }
  const curve = new Set(unbeaten(weighed));
  const choices = weighed
    .map((choice) => ({ ...choice, onCurve: curve.has(choice) }))
    .sort((a, b) => a.estimated.gasUsed - b.estimated.gasUsed || a.estimated.proveMs - b.estimated.proveMs);
  const chosen = prefer === undefined ? leastWeight(choices, standing) : best(choices, prefer);
  return { choices, chosen, circuit: layOut(chosen) };
}

type Grouping = Pick<CircuitLayout, "lookupDepth" | "copiesSums">;

function groupingOf({ lookupDepth, copiesSums }: Grouping): Grouping {
  return { lookupDepth, copiesSums };
}

/** Each way to group that makes a circuit of its own, in the columns that suit it. */
function weighGroupings(layOut: LayOut, given: Partial<CircuitLayout>): Weighed[] {
  const seen = new Set<string>();
  return LOOKUP_DEPTHS.filter((depth) => (given.lookupDepth ?? depth) === depth)
    .flatMap((lookupDepth) =>
      [false, true]
        .filter((copies) => (given.copiesSums ?? copies) === copies)
        .map((copiesSums) => ({ lookupDepth, copiesSums })),
    )
    .flatMap((grouping) => {
      const circuit = layOut(grouping);
      const shape = `${circuit.segments.length} segments, ${circuit.constrainedEnd} rows`;
      if (seen.has(shape)) return [];
      seen.add(shape);
      return [weigh(circuit, grouping)];
    });
}

function candidateColumns(
  { logRows, fixedCells }: Weighed,
  given: Partial<CircuitLayout>,
): Pick<CircuitLayout, "blocksPerColumn" | "fixedColumnLength">[] {
  const rows = 2 ** logRows;
  const allWeights = 2 ** Math.ceil(Math.log2(Math.max(fixedCells, 1)));
  return BLOCKS_PER_COLUMN.filter((blocks) => (given.blocksPerColumn ?? blocks) === blocks).flatMap(
    (blocksPerColumn) => {
      const lengths = [rows, blocksPerColumn * rows, Math.min(Math.max(rows, allWeights), MAX_FIXED_COLUMN_LENGTH)];
      return [...new Set(given.fixedColumnLength === undefined ? lengths : [given.fixedColumnLength])].map(
        (fixedColumnLength) => ({ blocksPerColumn, fixedColumnLength }),
      );
    },
  );
}

function weigh(circuit: Circuit, grouping: Grouping): Weighed {
  const { witnessColumns, fixedColumns, srsCount } = layoutOf(circuit);
  return {
    ...groupingOf(grouping),
    blocksPerColumn: circuit.blocksPerColumn,
    fixedColumnLength: circuit.fixedColumnLength,
    logRows: circuit.logRows,
    fixedCells: circuit.fixedLength,
    witnessColumns,
    fixedColumns,
    srsPoints: srsCount,
    estimated: estimateCost(circuit),
  };
}

function sameLayout(a: CircuitLayout, b: CircuitLayout): boolean {
  const isSameGrouping = a.lookupDepth === b.lookupDepth && a.copiesSums === b.copiesSums;
  return isSameGrouping && a.blocksPerColumn === b.blocksPerColumn && a.fixedColumnLength === b.fixedColumnLength;
}

/** The options of `gavel compile` that give this layout. */
export function layoutOptions({
  lookupDepth,
  copiesSums,
  blocksPerColumn,
  fixedColumnLength,
}: CircuitLayout): CircuitLayout {
  return { lookupDepth, copiesSums, blocksPerColumn, fixedColumnLength };
}

export function layoutLabel({ logRows, lookupDepth, copiesSums, witnessColumns, fixedColumns }: LayoutChoice): string {
  const sums = copiesSums ? "copied" : "read";
  return `2^${logRows}, ${lookupDepth} lookup${lookupDepth === 1 ? "" : "s"}, sums ${sums}, ${witnessColumns} + 1 + ${fixedColumns}`;
}

function weight({ estimated }: Weighed): number {
  return estimated.gasUsed + gasOfSeconds(estimated.proveMs / 1000);
}

function unbeaten(choices: readonly Weighed[]): Weighed[] {
  return choices.filter((choice) => !choices.some((other) => beats(other, choice)));
}

function beats({ estimated: a }: Weighed, { estimated: b }: Weighed): boolean {
  const noWorse = a.gasUsed <= b.gasUsed && a.proveMs <= b.proveMs;
  return noWorse && (a.gasUsed < b.gasUsed || a.proveMs < b.proveMs);
}

function leastWeight(choices: readonly LayoutChoice[], standing: Weighed): LayoutChoice {
  const least = choices.reduce((a, b) => (weight(b) < weight(a) ? b : a));
  if (weight(least) < (1 - RESOLVED_SHARE) * weight(standing)) return least;
  return choices.find((choice) => sameLayout(choice, standing)) as LayoutChoice;
}

function best(choices: readonly LayoutChoice[], prefer: Preference): LayoutChoice {
  const key = ({ estimated }: LayoutChoice): [number, number] =>
    prefer === "gas" ? [estimated.gasUsed, estimated.proveMs] : [estimated.proveMs, estimated.gasUsed];
  return choices.reduce((a, b) => {
    const [first, second] = [key(a), key(b)];
    return second[0] < first[0] || (second[0] === first[0] && second[1] < first[1]) ? b : a;
  });
}
