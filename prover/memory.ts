/**
 * The memory plan: who owns which vector of the engine's stack, and from when until when.
 *
 * N rows, W cells of all witness blocks (4N), F fixed cells in whole columns, L the longest column, l the length of the columns that are
 * being opened, P cells of all product sides (sum of 2·2^bits). An element takes 40 bytes, an integer 4, a point 80.
 *
 *                           cells    setup  commit  lookup  sumcheck  opening
 *     points                L          ===================================     80 bytes
 *     multiples of them     7L or 8L   ===================================     80 bytes; in keys for many proofs, up to 2^16 points
 *     fixed columns         F          ===================================      4 bytes, or 40 where they are hidden
 *     fixed transforms      2F         ===================================     of as many columns as there is room for
 *     witness columns       W                 ===========================       until P1 and P2 are made
 *     helper                N                         ===================
 *     powers of tau         N                         ==============
 *     phi1 phi2 phiT h m    5N                        ==============           folded in place
 *     inversion             3N                        ==
 *     product sides         P                         ==============           folded in place
 *     entries of a side     its blocks                ==                        4 bytes
 *     eq of the open rounds N/2                               ======
 *     eq at u               N                                     ==
 *     products, quotient    L                                       ======
 *     weights of a column   l                                       ===         or the factors of those of several columns
 *     their tables          2N + ...                                =           while they are written
 *     values on a coset     2n                                      ===         of the column and of its weights
 *     P1, P2                2L                                         ===      P2 until the batched quotient is made
 *
 * Columns as long as the rows are transformed on cosets of n = l points, longer ones on four or eight cosets of l/2 or l/4
 * (`cosets.ts`). While a transform runs it takes as much again as its vector. A multi-scalar multiplication takes digits, buckets and
 * 0.5 to 1 MB for each thread. From 2^12 rows on, with two threads and as long as no fixed column is longer than all four blocks, a
 * proof takes less than 4 times what the committed columns (W and the helper) do.
 */
import { circuitProducts, hiddenColumns } from "../core/layout.ts";
import { hasCommittedValues } from "../core/lookup.ts";
import { committedColumnLength, committedTensors } from "../core/statement.ts";
import { msmScratchBytes } from "../kernels/msm/msm.ts";
import { multiplesBytes, multiplesScratchBytes } from "../kernels/msm/multiples.ts";
import { multiplesPay, multiplesPlan } from "../kernels/msm/plan.ts";
import { cosetsOf } from "./cosets.ts";
import { MAX_MEMORY_BYTES } from "./engine/memory.ts";
import { transformScratchBytes } from "./engine/transform.ts";
import { type FixedWeights, fixedWeights } from "./fixed-weights.ts";
import { columnsAtOnce } from "./laurent.ts";
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

/**
 * Multiples of this many points take 43 MB and a second of processor time; longer columns gain less, since each of their windows fills
 * its buckets by itself.
 */
const MOST_MULTIPLIED_POINTS = 2 ** 16;

/** Whether a key for many proofs keeps multiples of its points. */
export function keepsMultiples({ srsCount }: Pick<CircuitPlan["layout"], "srsCount">): boolean {
  return srsCount <= MOST_MULTIPLIED_POINTS;
}

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

/** `manyProofs` as in `setup`. */
export function memoryPlan(plan: PlannedCircuit, threads: number, manyProofs = false): MemoryPlan {
  const { circuit, layout } = plan;
  const { fixedColumns, fixedColumnLength } = layout;
  const weights = fixedWeights(circuit);
  const hasMultiples = manyProofs && keepsMultiples(layout);
  const keeping = (keptTransforms: number): MemoryPlan => {
    const residentBytes = resident(plan, keptTransforms, hasMultiples);
    const phases = proofBytes(plan, threads, weights, keptTransforms, hasMultiples);
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

function resident({ circuit, layout }: PlannedCircuit, keptTransforms: number, hasMultiples: boolean): number {
  const { fixedColumns, fixedColumnLength, srsCount } = layout;
  const pointCounts = [srsCount, circuit.blocksPerColumn * circuit.maskRows];
  const ofPoints = (count: number): number => {
    return POINT_BYTES * count + (hasMultiples ? multiplesBytes(count, multiplesPlan(count)) : 0);
  };
  return (
    pointCounts.reduce((sum, count) => sum + ofPoints(count), 0) +
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
  hasMultiples: boolean,
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
  const opened = columns + ELEMENT_BYTES * rows;
  const looked = opened + 6 * ELEMENT_BYTES * rows;
  const multiples = multiplesPlan(longest);
  const scalarBytes = (length: number): number => {
    if (hasMultiples && multiplesPay(multiples, length)) return multiplesScratchBytes(length, threads, multiples);
    return msmScratchBytes(length, threads, "full");
  };
  const msmBytes = scalarBytes(longest);
  const evaluated = (ELEMENT_BYTES + (hasCommittedValues(circuit) ? INT_BYTES : 0)) * rows;
  const tableBytes = ELEMENT_BYTES * (rows + eqCells);
  return {
    witness: boundary === 0 ? 0 : boundary + msmScratchBytes(longestTensor, threads, "ints"),
    commit: columns + INT_BYTES * witnessColumnLength + msmScratchBytes(witnessColumnLength, threads, "ints"),
    lookup: Math.max(
      looked + (3 * ELEMENT_BYTES + 4 * INT_BYTES) * rows,
      looked + scalarBytes(rows),
      looked + ELEMENT_BYTES * productCells + largestSideBytes(plan),
    ),
    sumcheck: Math.max(looked + ELEMENT_BYTES * (productCells + rows / 2), opened + evaluated),
    opening: Math.max(
      opened + 3 * ELEMENT_BYTES * longest,
      opened + ELEMENT_BYTES * longest + msmBytes,
      opened + laurentBytes(plan, threads, weights, tableBytes, keptTransforms),
      2 * ELEMENT_BYTES * longest + msmBytes,
    ),
  };
}

/** Of the Laurent quotient: the most over the lengths of columns. */
function laurentBytes(
  { circuit, layout }: PlannedCircuit,
  threads: number,
  weights: FixedWeights,
  tableBytes: number,
  kept: number,
): number {
  const { witnessColumnLength, rows, fixedColumns, fixedColumnLength, srsCount } = layout;
  const isWritten = (fixed: number): boolean => !weights.factored.has(fixed);
  const fixed = Array.from({ length: fixedColumns }, (_, index) => index);
  const lengths = [witnessColumnLength, rows, ...committedTensors(circuit).map(committedColumnLength)];
  const ofLength = (length: number): number => {
    const { size } = cosetsOf(length, rows);
    const scratch = transformScratchBytes(size, threads);
    // Tables, and for one pass over the cells the indices and a scaled table.
    const writing = tableBytes + 2 * INT_BYTES * length + ELEMENT_BYTES * rows;
    const isFixed = length === fixedColumnLength;
    const hasWritten = lengths.includes(length) || (isFixed && fixed.some(isWritten));
    const hasValues = lengths.includes(length) || (isFixed && fixed.some((column) => column >= kept));
    const values = hasValues ? ELEMENT_BYTES * size : 0;
    const transformed = values + ELEMENT_BYTES * size + scratch;
    const written = hasWritten ? ELEMENT_BYTES * length + Math.max(writing, transformed) : 0;
    const grouped = weights.groups.map((group) => {
      const outer = length / group.unit;
      const inner = Math.ceil(group.innerLength / size) * size;
      const cells = inner + outer * Math.min(group.columns, columnsAtOnce(group));
      const product = ELEMENT_BYTES * (size + size / group.unit) + transformScratchBytes(size / group.unit, threads);
      const held = ELEMENT_BYTES * size + values + Math.max(product, scratch);
      return ELEMENT_BYTES * cells + Math.max(writing, held);
    });
    const coefficients = ELEMENT_BYTES * (2 * length + size) + Math.max(scratch, ELEMENT_BYTES * size);
    const sums = length < srsCount ? ELEMENT_BYTES * length : 0;
    return sums + Math.max(written, coefficients, ...(isFixed ? grouped : []));
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
