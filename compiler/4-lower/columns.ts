/**
 * How many witness blocks a committed column holds. Long columns are few, which saves gas; short ones save time, as the opening
 * commits to three polynomials of the length of the longest column.
 *
 * Time is of `bench/msm.ts` and the opening's divisions on two threads; gas of a column is in docs/gas.md.
 */
import { BLOCKS } from "../../core/layout.ts";

const OPENING_US_PER_CELL = 3.5;
const GAS_PER_COLUMN = 6_450;
/** Calldata and absorption of the commitment. */
const GAS_PER_WITNESS_COLUMN = GAS_PER_COLUMN + 1_024;
/** A second of proving is worth this much gas, from the second one on: small models keep the fewest columns. */
const GAS_PER_SECOND = 75_000;
const FREE_SECONDS = 1;

const CHOICES = [4, 2, 1] as const;

/** The choice of least gas and time for 2^logRows rows and so many fixed cells. */
export function chooseBlocksPerColumn(logRows: number, fixedCells: number): 1 | 2 | 4 {
  const costs = CHOICES.map((blocks) => columnCost(blocks * 2 ** logRows, BLOCKS.length / blocks, fixedCells));
  return CHOICES[costs.indexOf(Math.min(...costs))];
}

/** Gas of the columns and of the seconds that the opening takes over them. */
function columnCost(length: number, witnessColumns: number, fixedCells: number): number {
  const seconds = (OPENING_US_PER_CELL * length) / 1e6;
  const gas = GAS_PER_WITNESS_COLUMN * witnessColumns + GAS_PER_COLUMN * Math.ceil(fixedCells / length);
  return gas + gasOfSeconds(seconds);
}

/** What so many seconds of proving are worth. */
export function gasOfSeconds(seconds: number): number {
  return GAS_PER_SECOND * Math.max(0, seconds - FREE_SECONDS);
}
