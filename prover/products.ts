/**
 * The vectors that the product sumcheck multiplies: each side of each product, with tau's powers summed in.
 *
 *     L(kappa) = sum over row offsets f of tau^f · value[f][kappa], 0 where the right side is empty, plus the mask at all ones
 *
 * The members of a stack stand one after another, or are added up (`core/stack.ts`).
 */

import { operandMaskRow } from "../core/layout.ts";
import type { Engine, FrVec, IntVec } from "../kernels/engine.ts";
import type { Masks } from "./masks.ts";
import { type Cells, type Side, sideEntries } from "./operands.ts";
import type { CircuitPlan } from "./plan.ts";

export interface ProductVectors {
  readonly bits: number;
  left: FrVec;
  right: FrVec;
  /** sum_kappa L·R */
  readonly total: bigint;
  readonly witnessRight: boolean;
}

export function productVectors(
  engine: Engine,
  plan: CircuitPlan,
  cells: Cells,
  masks: Masks,
  tauPowers: FrVec,
): ProductVectors[] {
  let operand = 0;
  const mask = (): bigint[] => [masks.y[operandMaskRow(operand++)]];
  return plan.stacks.map(({ bits, isSum, members }) => {
    const [left, right] = [engine.frVec(2 ** bits, true), engine.frVec(2 ** bits, true)];
    const witnessRight = members[0].fixedRight === undefined;
    members.forEach(({ plan: product, fixedRight }, l) => {
      const size = 2 ** product.product.bits;
      const start = isSum ? 0 : l * size;
      addMember(engine, left, start, size, (part) =>
        addSide(engine, part, product.left, sideEntries(product.left, cells), tauPowers),
      );
      if (isSum && l > 0) return;
      addMember(engine, right, start, size, (part) =>
        addSide(engine, part, product.right, fixedRight ?? sideEntries(product.right, cells), tauPowers),
      );
    });
    engine.write(left, 2 ** bits - 1, mask());
    if (witnessRight) engine.write(right, 2 ** bits - 2, mask());
    return { bits, left, right, total: engine.dot(left, right), witnessRight };
  });
}

/** Slices of a vector start and end at multiples of this many elements. */
const SLICE_STEP = 8;

/** Adds a side of one product of a stack to its `size` elements from `start` on. */
function addMember(engine: Engine, stack: FrVec, start: number, size: number, addTo: (part: FrVec) => void): void {
  if (size === stack.length) return addTo(stack);
  if (size % SLICE_STEP === 0) return addTo(engine.slice(stack, start, size));
  const mark = engine.mark();
  const own = engine.frVec(size, true);
  addTo(own);
  engine.write(stack, start, engine.read(own));
  engine.release(mark);
}

/** Blocks of at most this many rows are summed row by row for all blocks at once, if there are many. */
const FEW_ROWS = 16;

export function isSummedByRows({ blocks }: Side): boolean {
  return blocks.length > 1 && blocks.every(({ rowOffsets }) => rowOffsets.length <= FEW_ROWS);
}

/** Adds L or R of one product of a segment, 2^bits elements. */
export function addSide(engine: Engine, result: FrVec, side: Side, entries: Int32Array, tauPowers: FrVec): void {
  const mark = engine.mark();
  if (isSummedByRows(side)) addByRows(engine, result, side, entries, tauPowers);
  else addByBlocks(engine, result, side, entries, tauPowers);
  engine.release(mark);
}

/** result[kappa] += tau^f · value[f][kappa], for the first row of every block, then the second, and so on. */
function addByRows(engine: Engine, result: FrVec, { blocks }: Side, entries: Int32Array, tauPowers: FrVec): void {
  const mostRows = blocks.reduce((most, { rowOffsets }) => Math.max(most, rowOffsets.length), 0);
  const values = engine.frVec(result.length);
  const identity = engine.intVec(Int32Array.from({ length: result.length }, (_, kappa) => kappa));
  for (let r = 0; r < mostRows; r++) {
    const mark = engine.mark();
    const rows = new Int32Array(result.length).fill(-1);
    const row = new Int32Array(result.length);
    for (const { rowOffsets, kappas, start } of blocks) {
      if (r >= rowOffsets.length) continue;
      kappas.forEach((kappa, k) => {
        rows[kappa] = rowOffsets[r];
        row[kappa] = entries[start + r * kappas.length + k];
      });
    }
    engine.fromInts(values, engine.intVec(row));
    engine.gatherMulAdd(result, tauPowers, engine.intVec(rows), values, identity, 1n);
    engine.release(mark);
  }
}

/** One product of a vector and a matrix for each block. */
function addByBlocks(engine: Engine, result: FrVec, { blocks }: Side, entries: Int32Array, tauPowers: FrVec): void {
  const matrix = engine.intVec(entries);
  const rows = padded(blocks.map(({ rowOffsets }) => rowOffsets));
  const columns = padded(blocks.map(({ kappas }) => kappas));
  const coefficients = gatherElements(engine, tauPowers, rows.values);
  const sums = engine.frVec(columns.values.length);
  blocks.forEach(({ rowOffsets, kappas, start }, index) => {
    engine.matVecInts(
      engine.slice(sums, columns.starts[index], kappas.length),
      engine.slice(coefficients, rows.starts[index], rowOffsets.length),
      engine.sliceInts(matrix, start, rowOffsets.length * kappas.length),
    );
  });
  const positions = new Int32Array(result.length).fill(-1);
  columns.values.forEach((kappa, position) => {
    if (kappa >= 0) positions[kappa] = position;
  });
  addGathered(engine, result, sums, engine.intVec(positions));
}

/** The lists one after another, each from a multiple of 8 on; -1 between them. */
function padded(lists: readonly Int32Array[]): { values: Int32Array; starts: number[] } {
  const starts: number[] = [];
  const length = lists.reduce((end, list) => {
    starts.push(end);
    return Math.ceil((end + list.length) / 8) * 8;
  }, 0);
  const values = new Int32Array(length).fill(-1);
  lists.forEach((list, index) => {
    values.set(list, starts[index]);
  });
  return { values, starts };
}

/** dst[i] += source[positions[i]] */
function addGathered(engine: Engine, dst: FrVec, source: FrVec, positions: IntVec): void {
  const one = engine.frVec(1);
  engine.write(one, 0, [1n]);
  engine.gatherMulAdd(dst, source, positions, one, engine.intVec(new Int32Array(dst.length)), 1n);
}

function gatherElements(engine: Engine, source: FrVec, positions: Int32Array): FrVec {
  const result = engine.frVec(positions.length, true);
  addGathered(engine, result, source, engine.intVec(positions));
  return result;
}
