/**
 * Draft circuits: segments and terms before rows and fixed cells have addresses.
 *
 * Rows are counted within their segment, fixed cells within their blob. A blob is a matrix [rows][rowLength]; it may be cut between
 * rows where a fixed column ends.
 */
import type { Axis } from "../../core/circuit.ts";
import type { Extent } from "../3-quantize/bounds.ts";
import type { TableFunction } from "../table-function.ts";

/** Rows of one segment or input. */
export interface Cells {
  readonly owner: number;
  readonly block: "q" | "y";
}

export interface DraftTerm {
  readonly source: Cells | { readonly blob: number };
  readonly base: number;
  readonly rowBase: number;
  readonly coef: number;
  /** For a blob, the first axis may be the one that walks its rows. */
  readonly axes: readonly Axis[];
}

export interface DraftProduct {
  readonly bits: number;
  readonly left: readonly DraftTerm[];
  readonly right: readonly DraftTerm[];
}

/** y = values[q - lo]; tables of one name are one table. */
export interface ValuesTable {
  readonly kind: "values";
  readonly name: string;
  readonly values: Float64Array;
}

/** y = the cell q - lo rows behind row `base` of the owner. */
export interface MemoryTable {
  readonly kind: "memory";
  readonly cells: Cells;
  readonly base: number;
}

/**
 * A table for rows whose q lies in lo..hi. `relu` is any clamp at 0 that leaves 0..hi as it is. Where values or memory are asked for,
 * lo..hi is the whole domain.
 */
export interface TableRequest extends Extent {
  readonly table: TableFunction | ValuesTable | MemoryTable | { readonly kind: "relu" };
}

export interface DraftSegment {
  readonly name: string;
  readonly count: number;
  readonly request: TableRequest;
  readonly constant: number;
  readonly linear: readonly DraftTerm[];
  readonly products: readonly DraftProduct[];
}

export interface Blob {
  readonly rowLength: number;
  readonly data: Float64Array;
}

export interface DraftInput extends Extent {
  readonly name: string;
  readonly count: number;
  /** Its table has no entry outside lo..hi: nobody else sees the values of a private or committed input. */
  readonly isExact: boolean;
}

/** Owners are inputs first, then segments, in order. */
export interface Draft {
  readonly shiftBits: number;
  /** Every weight becomes a fixed cell, also where a coefficient of a term or a segment's constant would do: those are not hidden. */
  readonly hidesWeights: boolean;
  readonly inputs: readonly DraftInput[];
  readonly segments: DraftSegment[];
  readonly blobs: Blob[];
}

export function addSegment(draft: Draft, segment: DraftSegment): number {
  draft.segments.push(segment);
  return draft.inputs.length + draft.segments.length - 1;
}

/** Equal blobs are one: the weights of a recurrent network at every time. */
export function addBlob(draft: Draft, data: Float64Array, rowLength: number): number {
  const found = draft.blobs.findIndex(
    (blob) =>
      blob.rowLength === rowLength &&
      blob.data.length === data.length &&
      blob.data.every((value, i) => value === data[i]),
  );
  if (found >= 0) return found;
  draft.blobs.push({ data, rowLength });
  return draft.blobs.length - 1;
}
