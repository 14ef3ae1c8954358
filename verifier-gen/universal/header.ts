/**
 * What the universal verifier knows of a model before it reads the rest of its key: the digest of the verifying key, then numbers of four
 * bytes, most of them addresses. The contract and every key are written from this one list.
 */
import { MEMORY_BASE } from "../layout.ts";

export const HEADER_FIELDS = [
  // Lengths in bytes (PROOF_WORD_BYTES without the packed bytes behind the words), and whether somebody may know the secret of the
  // SRS (1) or nobody does (0).
  "PROOF_BYTES",
  "PROOF_WORD_BYTES",
  "INPUT_BYTES",
  "OUTPUT_BYTES",
  "INSECURE_SRS",
  // Variables of both sumchecks; words of a power table; opened columns.
  "LOG_ROWS",
  "PRODUCT_BITS",
  "POWER_TABLE_WORDS",
  "COLUMNS",
  // Addresses that depend on the model (`layout.ts`).
  "SUM_MPTR",
  "ROUNDS_MPTR",
  "LAURENT_MPTR",
  "INVERSE_MPTR",
  "OPENING_MPTR",
  "TAU_MPTR",
  "Z_MPTR",
  "INVERSE_Z_MPTR",
  "W_MPTR",
  "U_MPTR",
  "ZERO_CHECK_CLAIM_MPTR",
  "PRODUCT_CLAIM_MPTR",
  "POINT_MPTR",
  "POINT_Z_MPTR",
  "POINT_INVERSE_MPTR",
  "COLUMN_SCALARS_MPTR",
  "POWERS_MPTR",
  "INVERSE_POWERS_MPTR",
  "SCRATCH_MPTR",
  "SLOTS_MPTR",
  // The key behind its header, and its parts in order; each ends where the next begins.
  "KEY_MPTR",
  "PAGES",
  "TAU_G2_MPTR",
  "OPENING_MOVES_MPTR",
  "CLOSING_MOVES_MPTR",
  "SCALARS_MPTR",
  "POINTS_MPTR",
  "TENSORS_MPTR",
  "FIXED_PROGRAM_MPTR",
  "VARYING_PROGRAM_MPTR",
  "END_MPTR",
] as const;

export type HeaderField = (typeof HEADER_FIELDS)[number];

const FIELD_BYTES = 4;
const DIGEST_BYTES = 32;

export const HEADER_MPTR = MEMORY_BASE;
export const HEADER_BYTES = 32 * Math.ceil((DIGEST_BYTES + FIELD_BYTES * HEADER_FIELDS.length) / 32);

/** Address of the word whose last four bytes are the field. */
export function fieldWord(field: HeaderField): number {
  return HEADER_MPTR + DIGEST_BYTES + FIELD_BYTES * (HEADER_FIELDS.indexOf(field) + 1) - 32;
}

export function encodeHeader(digest: Uint8Array, values: Readonly<Record<HeaderField, number>>): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(digest);
  const view = new DataView(bytes.buffer);
  HEADER_FIELDS.forEach((field, i) => {
    view.setUint32(DIGEST_BYTES + FIELD_BYTES * i, values[field]);
  });
  return bytes;
}
