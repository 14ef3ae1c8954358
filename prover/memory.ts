/**
 * The memory plan: who owns which vector of the engine, and from when until when.
 *
 * N rows, n = log2 N, W cells of all witness blocks (4N), F fixed cells in whole columns, L the longest column, P cells of all
 * product sides (sum of 2·2^bits). An element takes 40 bytes, an integer 4, a point 80.
 *
 *                           cells    setup  commit  lookup  sumcheck  opening
 *     points                L          ===================================     80 bytes
 *     fixed columns         F          ===================================      4 bytes
 *     fixed transforms      2F         ===================================     as many columns as the key keeps
 *     witness columns       W                 ============================
 *     helper column         N                         ====================
 *     phi1 phi2 phiT h m    5N                        ====================     folded in place
 *     inversion             2N                        ==
 *     powers of tau         N                         ====================
 *     product sides         P                         ====================     folded in place
 *     entries of a side     its blocks                ==                        4 bytes
 *     eq of the open rounds N/2                               ======
 *     eq tables             N + ...                                 ======     one per number of variables in use
 *     weights               W + N + F'                              ======     F' cells of fixed columns that are not factored
 *     quotient              L                                       ======
 *     columns of a length   8L                                      ==         sum, values, inner factor, weights, each of 2L
 *
 * The opening is the peak. Beyond the vectors, a transform needs 2L cells of scratch while it runs.
 */
import type { Circuit } from "../core/circuit.ts";
import { circuitProducts, fixedCell, hiddenColumns, layoutOf } from "../core/layout.ts";
import { linearTerms } from "../core/stack.ts";
import type { CircuitPlan } from "./plan.ts";
import { isSummedByRows } from "./products.ts";
import { PHASES, type Phase } from "./prove.ts";
import { ELEMENT_BYTES, keptTransforms } from "./setup.ts";
import { groupByInner } from "./weight-factors.ts";
import type { ScaledTerm } from "./weights.ts";

const INT_BYTES = 4;
const POINT_BYTES = 80;
/** Vectors start on cache lines, and small ones are not listed: room for them in every phase. */
const SMALL_BYTES = 65_536;

export interface MemoryPlan {
  /** Fixed columns whose weights in the opening are written out. */
  readonly writtenColumns: number;
  /** Bytes of vectors that a key holds between proofs. */
  readonly residentBytes: number;
  /** Most bytes of vectors during each phase, the resident ones included. */
  readonly phaseBytes: Readonly<Record<Phase, number>>;
  /** Scratch of the largest transform. */
  readonly scratchBytes: number;
  /** Most bytes of the engine's stack: the largest phase and the scratch. */
  readonly peakBytes: number;
}

export function memoryPlan(plan: CircuitPlan): MemoryPlan {
  const { circuit, layout } = plan;
  const { rows, witnessColumns, witnessColumnLength, fixedColumns, fixedColumnLength, srsCount: longest } = layout;
  const fixedCells = fixedColumns * fixedColumnLength;
  const kept = keptTransforms(layout);
  const residentBytes =
    POINT_BYTES * (longest + circuit.blocksPerColumn * circuit.maskRows) +
    INT_BYTES * fixedCells +
    ELEMENT_BYTES * hiddenColumns(circuit).length * fixedColumnLength +
    ELEMENT_BYTES * 2 * kept * fixedColumnLength +
    SMALL_BYTES;

  const products = circuitProducts(circuit);
  const witnessCells = witnessColumns * witnessColumnLength;
  const productCells = products.reduce((sum, { bits }) => sum + 2 * 2 ** bits, 0);
  const eqCells = [...new Set([layout.logRows, ...products.map(({ bits }) => bits)])].reduce(
    (sum, bits) => sum + 2 ** bits,
    0,
  );
  const committed = residentBytes + ELEMENT_BYTES * witnessCells;
  const lookedUp = committed + ELEMENT_BYTES * (7 * rows + productCells);
  const inverting = committed + (ELEMENT_BYTES * 8 + INT_BYTES * 4) * rows;
  const writtenColumns = fixedColumns - factoredColumns(circuit);
  const weighed = witnessCells + rows + writtenColumns * fixedColumnLength;
  const opened = lookedUp + ELEMENT_BYTES * (eqCells + weighed) + INT_BYTES * rows;
  const allKept = kept === fixedColumns && witnessColumnLength < longest;
  const transforms = 2 + (allKept ? 0 : 1) + (writtenColumns < fixedColumns ? 1 : 0);
  const phaseBytes: Record<Phase, number> = {
    witness: residentBytes,
    commit: committed + INT_BYTES * witnessColumnLength,
    lookup: Math.max(inverting, lookedUp + largestSideBytes(plan)),
    sumcheck: lookedUp + ELEMENT_BYTES * Math.max(rows / 2, eqCells) + INT_BYTES * rows,
    opening: opened + ELEMENT_BYTES * (longest + 2 * longest * transforms),
  };
  const scratchBytes = ELEMENT_BYTES * 2 * longest;
  const peakBytes = Math.max(...PHASES.map((phase) => phaseBytes[phase])) + scratchBytes;
  return { writtenColumns, residentBytes, phaseBytes, scratchBytes, peakBytes };
}

/** Number of fixed columns whose weights are never written out. */
function factoredColumns(circuit: Circuit): number {
  const { fixedColumns, fixedColumnLength: length } = layoutOf(circuit);
  const columns = Array.from({ length: fixedColumns }, () => ({ length, terms: [] as ScaledTerm[] }));
  const terms = [...linearTerms(circuit), ...circuitProducts(circuit).flatMap(({ right }) => right)];
  for (const { source, base, rowBase, axes } of terms) {
    if (source !== "fixed") continue;
    const { column: index, offset } = fixedCell(circuit, base);
    const term = { column: { kind: "fixed", index } as const, offset, coef: 1n, tauPower: rowBase, axes };
    columns[index].terms.push({ term, scale: 1n });
  }
  return new Set(groupByInner(columns).flatMap((group) => [...group.columns.keys()])).size;
}

/** The entries of a side with coefficients, sums and index lists. */
function largestSideBytes({ segments }: CircuitPlan): number {
  const sizes = segments.flatMap(({ products }) =>
    products.flatMap(({ product, left, right }) =>
      [left, right].map((side) => {
        const { size, blocks } = side;
        if (isSummedByRows(side)) return (ELEMENT_BYTES + 3 * INT_BYTES) * 2 ** product.bits;
        const padded = (length: number): number => Math.ceil(length / 8) * 8;
        const elements = blocks.reduce(
          (sum, { rowOffsets, kappas }) => sum + padded(rowOffsets.length) + padded(kappas.length),
          0,
        );
        return INT_BYTES * (size + 2 * 2 ** product.bits) + ELEMENT_BYTES * elements;
      }),
    ),
  );
  return Math.max(0, ...sizes);
}
