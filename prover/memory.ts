/**
 * The memory plan: who owns which vector of the engine's stack, and from when until when.
 *
 * N rows, W cells of all witness blocks (4N), F fixed cells in whole columns, L the longest column, l the length of the columns that are
 * being opened, P cells of all product sides (sum of 2·2^bits). An element takes 40 bytes, an integer 4, a point 80.
 *
 *                           cells    setup  commit  lookup  sumcheck  opening
 *     points                L          ===================================     80 bytes
 *     fixed columns         F          ===================================      4 bytes, or 40 where they are hidden
 *     fixed transforms      2F         ===================================     of as many columns as there is room for
 *     witness columns       W                 ============================
 *     helper, powers of tau 2N                        ====================
 *     phi1 phi2 phiT h m    5N                        ==============           folded in place
 *     inversion             3N                        ==
 *     product sides         P                         ==============           folded in place
 *     entries of a side     its blocks                ==                        4 bytes
 *     eq of the open rounds N/2                               ======
 *     eq tables             N + ...                                 ======     one per number of variables in use
 *     quotient              L                                       ======
 *     products              2l                                      ===
 *     weights, then values  4l                                      ===         2l where the column's transform is kept
 *     row of weights        2l                                      ===         where weights are factored
 *
 * While a transform runs it takes as much again as its vector. The opening is the peak: with all columns of N cells it takes less than
 * 4 times what the committed columns (W and the helper) do.
 */
import { circuitProducts, hiddenColumns } from "../core/layout.ts";
import { hasCommittedValues } from "../core/lookup.ts";
import { committedColumnLength, committedTensors } from "../core/statement.ts";
import { msmScratchBytes } from "../kernels/msm/msm.ts";
import { MAX_MEMORY_BYTES } from "./engine/memory.ts";
import { transformScratchBytes } from "./engine/transform.ts";
import { type FixedWeights, fixedWeights } from "./fixed-weights.ts";
import { PHASES, type Phase } from "./phases.ts";
import type { CircuitPlan } from "./plan.ts";
import { isSummedByRows } from "./products.ts";

const ELEMENT_BYTES = 40;
const INT_BYTES = 4;
const POINT_BYTES = 80;
/** Vectors start on cache lines, and small ones are not listed: room for them in every phase. */
const SMALL_BYTES = 65_536;
/** What a thread needs for sums of its own. */
const SMALL_BYTES_PER_THREAD = 32_768;
/**
 * A kept transform saves one per column and proof, and most of the opening's time where the weights are factored. This holds those of
 * 20 M weights.
 */
const KEPT_TRANSFORM_BYTES = 3 * 2 ** 29;

export interface MemoryPlan {
  /** Fixed columns whose weights in the opening are written out. */
  readonly writtenColumns: number;
  /** Fixed columns whose transforms a key keeps: the first ones, as many as leave room for a proof. */
  readonly keptTransforms: number;
  /** Bytes of what stands in the committed columns of a proof, as field elements. */
  readonly committedBytes: number;
  /** Bytes of vectors that a key holds between proofs. */
  readonly residentBytes: number;
  /** Most bytes of the engine's stack during each phase, the resident ones included. */
  readonly phaseBytes: Readonly<Record<Phase, number>>;
  readonly peakBytes: number;
}

/** What the plan reads of a circuit; without segments, short-lived entries of product sides are left out. */
export type PlannedCircuit = Pick<CircuitPlan, "circuit" | "layout" | "segments">;

export function memoryPlan(plan: PlannedCircuit, threads: number): MemoryPlan {
  const { circuit, layout } = plan;
  const { fixedColumns, fixedColumnLength } = layout;
  const weights = fixedWeights(circuit);
  const keeping = (keptTransforms: number): MemoryPlan => {
    const residentBytes = resident(plan, keptTransforms);
    const phases = proofBytes(plan, threads, weights, keptTransforms);
    const bytes = (phase: Phase): number =>
      residentBytes + SMALL_BYTES + SMALL_BYTES_PER_THREAD * threads + phases[phase];
    return {
      writtenColumns: fixedColumns - weights.factored.size,
      keptTransforms,
      committedBytes: ELEMENT_BYTES * (layout.witnessColumns * layout.witnessColumnLength + layout.rows),
      residentBytes,
      phaseBytes: Object.fromEntries(PHASES.map((phase) => [phase, bytes(phase)])) as Record<Phase, number>,
      peakBytes: Math.max(...PHASES.map(bytes)),
    };
  };
  const without = keeping(0);
  const room = Math.min(KEPT_TRANSFORM_BYTES, MAX_MEMORY_BYTES - without.peakBytes);
  const kept = Math.max(0, Math.floor(room / (2 * fixedColumnLength * ELEMENT_BYTES)));
  return kept === 0 ? without : keeping(Math.min(fixedColumns, kept));
}

function resident({ circuit, layout }: PlannedCircuit, keptTransforms: number): number {
  const { fixedColumns, fixedColumnLength, srsCount } = layout;
  return (
    POINT_BYTES * (srsCount + circuit.blocksPerColumn * circuit.maskRows) +
    INT_BYTES * fixedColumns * fixedColumnLength +
    ELEMENT_BYTES * hiddenColumns(circuit).length * fixedColumnLength +
    ELEMENT_BYTES * 2 * keptTransforms * fixedColumnLength +
    SMALL_BYTES
  );
}

function proofBytes(
  plan: PlannedCircuit,
  threads: number,
  weights: FixedWeights,
  keptTransforms: number,
): Record<Phase, number> {
  const { circuit, layout } = plan;
  const { rows, witnessColumns, witnessColumnLength, srsCount: longest } = layout;
  const products = circuitProducts(circuit);
  const productCells = products.reduce((sum, { bits }) => sum + 2 * 2 ** bits, 0);
  const eqCells = [...new Set([layout.logRows, ...products.map(({ bits }) => bits)])].reduce(
    (sum, bits) => sum + 2 ** bits,
    0,
  );
  const tensors = committedTensors(circuit).map(committedColumnLength);
  const longestTensor = Math.max(0, ...tensors);
  const boundary = ELEMENT_BYTES * tensors.reduce((sum, length) => sum + length, 0);
  const columns = boundary + ELEMENT_BYTES * witnessColumns * witnessColumnLength;
  const kept = columns + 2 * ELEMENT_BYTES * rows;
  const looked = kept + 5 * ELEMENT_BYTES * rows;
  const opened = kept + ELEMENT_BYTES * eqCells + (hasCommittedValues(circuit) ? INT_BYTES * rows : 0);
  const closing = 5 * ELEMENT_BYTES * longest + msmScratchBytes(longest, threads, "full");
  return {
    witness: boundary === 0 ? 0 : boundary + msmScratchBytes(longestTensor, threads, "ints"),
    commit: columns + INT_BYTES * witnessColumnLength + msmScratchBytes(witnessColumnLength, threads, "ints"),
    lookup: Math.max(
      looked + (3 * ELEMENT_BYTES + 4 * INT_BYTES) * rows,
      looked + msmScratchBytes(rows, threads, "full"),
      looked + ELEMENT_BYTES * productCells + largestSideBytes(plan),
    ),
    sumcheck: Math.max(looked + ELEMENT_BYTES * (productCells + rows / 2), opened),
    opening:
      opened + Math.max(closing, 7 * ELEMENT_BYTES * longest, laurentBytes(plan, threads, weights, keptTransforms)),
  };
}

/** Of the Laurent quotient: the most over the lengths of columns. */
function laurentBytes(
  { circuit, layout }: PlannedCircuit,
  threads: number,
  weights: FixedWeights,
  kept: number,
): number {
  const { witnessColumnLength, rows, fixedColumns, fixedColumnLength, srsCount } = layout;
  const isWritten = (fixed: number): boolean => !weights.factored.has(fixed);
  const fixed = Array.from({ length: fixedColumns }, (_, index) => index);
  const lengths = [witnessColumnLength, rows, ...committedTensors(circuit).map(committedColumnLength)];
  const transforms = (length: number, count: number): number =>
    2 * ELEMENT_BYTES * length * count + transformScratchBytes(2 * length, threads);
  // The product, then weights and values of a column, the last one being transformed.
  const ofLength = (length: number): number => {
    const isFixed = length === fixedColumnLength;
    const hasValues =
      lengths.includes(length) || (isFixed && fixed.some((column) => isWritten(column) && column >= kept));
    const hasWritten = hasValues || (isFixed && fixed.some(isWritten));
    const written = hasValues ? transforms(length, 3) : hasWritten ? transforms(length, 2) : transforms(length, 1);
    if (!isFixed || weights.factored.size === 0) return written;
    const values = fixed.some((column) => !isWritten(column) && column >= kept) ? transforms(length, 4) : 0;
    const period = Math.max(...weights.groups.map((group) => group.period));
    const outer = ELEMENT_BYTES * period + transformScratchBytes(period, threads);
    return Math.max(written, transforms(length, 2), 6 * ELEMENT_BYTES * length + outer, values);
  };
  const opened = fixedColumns > 0 ? [...lengths, fixedColumnLength] : lengths;
  return ELEMENT_BYTES * srsCount + Math.max(...opened.map(ofLength));
}

/** The entries of a side with coefficients, sums and index lists. */
function largestSideBytes({ segments }: PlannedCircuit): number {
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
