/**
 * The circuit: an integer program over rows, and the only form of a model that prover and verifiers know.
 *
 * Statement. Each constrained row i holds four witness cells q, y, rem and (for the table side) m, with
 *
 *     2^shiftBits · q_i + rem_i = acc_i + 2^(shiftBits-1),     0 <= rem_i < 2^shiftBits          (1)
 *     y_i = T_i(q_i)                                            T_i the activation table of row i  (2)
 *
 * so q is acc divided by 2^shiftBits, rounded half up, and y is q through an activation. acc_i is never committed; it is
 *
 *     acc_i = constant + sum of linear terms + sum of products                                    (3)
 *
 * over cells of earlier rows and over fixed cells (weights, biases). A term is a box of indices: each axis moves through the
 * cells and through the rows it contributes to by constant strides, so that the verifier can evaluate what a term weighs at a
 * point in time logarithmic in the box (`core/weights.ts`).
 *
 * Shapes. Blocks q, y, rem, m have N = 2^logRows rows each. Rows [0, maskRows) are reserved for masks, rows
 * [maskRows, constrainedStart) hold the input, rows [constrainedStart, constrainedEnd) are constrained by (1) and (3),
 * the rest is padding. (2) and the range of rem hold on every row from maskRows on. Rows that share a table are contiguous.
 *
 * Memory. A table's values may be witness cells: T_i(q) is then the cell of row start + q - lo. A row of such a table reads a cell
 * at an index that depends on the input; the cells belong to inputs or to segments before every segment that reads them.
 */

/** Index range of sumcheck variables: bit k of an axis index is variable first + k. */
export interface VariableRange {
  readonly first: number;
  readonly count: number;
}

/** Index j in [0, n): cell += j·cell, row += j·row; weighted by eq(vars, j) when the axis is summed by the product sumcheck. */
export interface PlainAxis {
  readonly kind: "plain";
  readonly n: number;
  readonly cell: number;
  readonly row: number;
  readonly vars?: VariableRange;
}

/**
 * Pairs (o, k) in [0, outN) x [0, kernelN) with 0 <= i = stride·o + dilation·k - pad < inputN: cell += i·cell, row += o·row.
 * The kernel index k is a sumcheck index when `vars` is given, else it is summed.
 */
export interface WindowAxis {
  readonly kind: "window";
  readonly outN: number;
  readonly kernelN: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
  readonly inputN: number;
  readonly cell: number;
  readonly row: number;
  readonly vars?: VariableRange;
}

export type Axis = PlainAxis | WindowAxis;

/** Where a term reads: a witness block by row, or the fixed cells by position. */
export type Source = "q" | "y" | "fixed";

/** coef · cell[base + axes] added to acc[rowBase + axes], for every index of the box. */
export interface Term {
  readonly source: Source;
  /** First row of the block, or first fixed cell. */
  readonly base: number;
  readonly rowBase: number;
  /** Integer, |coef| < 2^53. */
  readonly coef: number;
  readonly axes: readonly Axis[];
}

/**
 * sum over kappa in {0,1}^bits of left(kappa)·right(kappa), where left and right are sums of terms whose variable axes name the
 * bits of kappa and whose other axes are summed. Row offsets of both sides add.
 *
 * Both sides cover every variable in [0, bits) exactly once per term. The all-ones index lies outside the right side's box (some
 * axis is shorter than its range, or a variable is an axis of length 1): the left side's mask lives there. When the right side is
 * a witness too, its mask lives at the all-ones index with variable 0 cleared, which must lie outside the left side's box (and so
 * does the all-ones index then).
 */
export interface Product {
  readonly bits: number;
  readonly left: readonly Term[];
  readonly right: readonly Term[];
}

/** Rows [start, start + count): one tensor produced by one step of the program, row-major. */
export interface Segment {
  readonly name: string;
  readonly start: number;
  readonly count: number;
  /** Index into `tables`. */
  readonly table: number;
  /** Added to acc of every row of the segment. */
  readonly constant: number;
  readonly linear: readonly Term[];
  readonly products: readonly Product[];
}

/**
 * A function on the integers lo..hi, both included.
 * `breaks`: value(x) = sum over breaks with at <= x of level + slope·(x - at); used where few pieces describe the function.
 * `fixedBase`: the values, in order, stand in the fixed cells from there on.
 * `memory`: the values, in order, are witness cells.
 */
export interface Table {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
  readonly breaks?: readonly Break[];
  readonly fixedBase?: number;
  readonly memory?: MemoryCells;
}

/** Consecutive rows of a witness block, from row `start` on. */
export interface MemoryCells {
  readonly block: "q" | "y";
  readonly start: number;
}

/** One piece boundary of a piecewise linear function. */
export interface Break {
  readonly at: number;
  readonly level: number;
  readonly slope: number;
}

export const VISIBILITIES = ["public", "hashed", "committed", "private"] as const;

/** What the statement carries of a tensor (`core/statement.ts`): its bytes, their hash, a hiding commitment to its elements, or nothing. */
export type Visibility = (typeof VISIBILITIES)[number];

export const WEIGHT_VISIBILITIES = ["fixed", "private"] as const;

/** `fixed`: anybody who has the weights can recompute their commitments. `private`: the commitments hide them (`core/layout.ts`). */
export type WeightVisibility = (typeof WEIGHT_VISIBILITIES)[number];

/** An input or output of the program: rows of one block in the witness, packed bytes outside. */
export interface BoundaryTensor {
  readonly name: string;
  readonly visibility: Visibility;
  readonly shape: readonly number[];
  readonly block: "q" | "y";
  readonly start: number;
  readonly count: number;
  /** Two's complement, big-endian, 1, 2 or 4 bytes. */
  readonly elementBytes: 1 | 2 | 4;
  /** False: bytes are unsigned. */
  readonly signed: boolean;
  /** Real value = scale · integer. */
  readonly scale: number;
  /** Scale of each element of one inference, where they differ. */
  readonly elementScales?: readonly number[];
  /** Names of the integers 0, 1, .. where they stand for names. */
  readonly labels?: readonly string[];
  /** Integers that the circuit proves; the element's whole range when absent. */
  readonly range?: { readonly lo: number; readonly hi: number };
  /** Its numbers are indices: one outside the range is an error, where other tensors take the nearest value. */
  readonly isIndex?: true;
  /** Index into `tables` of the table its rows are looked up in (inputs). */
  readonly table: number;
}

export interface Circuit {
  readonly name: string;
  /** Inferences in one proof, each a slice along the first axis of every input and output; one, without that axis, when absent. */
  readonly batch?: number;
  readonly logRows: number;
  readonly maskRows: number;
  readonly constrainedStart: number;
  readonly constrainedEnd: number;
  readonly shiftBits: number;
  readonly tables: readonly Table[];
  readonly inputs: readonly BoundaryTensor[];
  readonly outputs: readonly BoundaryTensor[];
  /** In execution order. */
  readonly segments: readonly Segment[];
  readonly weights: WeightVisibility;
  readonly fixedLength: number;
  /** Weights, biases and tabulated functions; |value| < 2^31. Empty where only verification is meant. */
  readonly fixed: Int32Array;
  /** Witness blocks stacked in one committed column: 1, 2 or 4. */
  readonly blocksPerColumn: 1 | 2 | 4;
  /** Length of one fixed column, a power of two; a term never crosses a column boundary. */
  readonly fixedColumnLength: number;
}
