/**
 * The pruned SRS file: what a KZG prover and its verifier need of a ceremony, and nothing else.
 *
 * All integers are big-endian.
 *
 *     byte 0    "GAVELSRS"
 *     8         u32  version, 1
 *     12        u32  flags; bit 0: insecure, somebody may know tau
 *     16        u32  count of G1 powers
 *     20        u32  bytes of the description
 *     24        128  [tau]_2 as the EVM orders it: x.c1, x.c0, y.c1, y.c0
 *     152       32   content digest: SHA-256 of bytes 0..152, the description and the records
 *     184       description, UTF-8, where the points come from; zeros up to a multiple of 64
 *     ...       count records of 64 bytes: x || y of tau^i·(1, 2), i = 0, 1, ...
 *
 * A prefix of the records can be read alone, and then the digest is not checked. The digest finds damage, not fraud: whether the
 * points are powers of one tau is for checkSrs.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { fromBytes, toWord } from "../field.ts";
import type { TauG2 } from "../verifying-key.ts";
import { SrsFormatError, SrsTooShortError } from "./errors.ts";

/** Powers of tau. `insecure` marks strings whose tau somebody may know; they are for development chains only. */
export interface Srs {
  readonly count: number;
  /** 64-byte big-endian records x || y. */
  readonly g1: Uint8Array;
  readonly tauG2: TauG2;
  readonly insecure: boolean;
  readonly description: string;
}

export interface SrsHeader {
  readonly count: number;
  readonly tauG2: TauG2;
  readonly insecure: boolean;
  readonly description: string;
  readonly contentDigest: Uint8Array;
  /** Where the records start. */
  readonly recordsOffset: number;
}

export const G1_BYTES = 64;
export const G2_BYTES = 128;

const MAGIC = "GAVELSRS";
const VERSION = 1;
const FLAG_INSECURE = 1;
const TAU_OFFSET = 24;
const DIGEST_OFFSET = TAU_OFFSET + G2_BYTES;
const DESCRIPTION_OFFSET = DIGEST_OFFSET + 32;
/** Keeps every header below MAX_HEADER_BYTES, so that one read finds it. */
const MAX_DESCRIPTION_BYTES = 1024;
export const MAX_HEADER_BYTES = recordsOffset(MAX_DESCRIPTION_BYTES);

export function encodeSrs(srs: Srs): Uint8Array {
  const description = new TextEncoder().encode(srs.description);
  if (description.length > MAX_DESCRIPTION_BYTES || srs.g1.length !== srs.count * G1_BYTES) {
    throw new SrsFormatError("this SRS does not fit the file layout", {
      expected: `a description up to ${MAX_DESCRIPTION_BYTES} bytes and ${srs.count} records of ${G1_BYTES} bytes`,
      got: `${description.length} bytes of description, ${srs.g1.length} bytes of records`,
      remedy: "shorten the description; make count match the records",
    });
  }
  const start = recordsOffset(description.length);
  const bytes = new Uint8Array(start + srs.g1.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION);
  view.setUint32(12, srs.insecure ? FLAG_INSECURE : 0);
  view.setUint32(16, srs.count);
  view.setUint32(20, description.length);
  srs.tauG2.forEach((word, i) => {
    bytes.set(toWord(word), TAU_OFFSET + 32 * i);
  });
  bytes.set(description, DESCRIPTION_OFFSET);
  bytes.set(srs.g1, start);
  bytes.set(contentDigest(bytes, description.length, start), DIGEST_OFFSET);
  return bytes;
}

/** Reads the header from the first bytes of a file; MAX_HEADER_BYTES of them are always enough. */
export function decodeSrsHeader(bytes: Uint8Array): SrsHeader {
  const magic = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw formatError("the file does not start as an SRS file", MAGIC, JSON.stringify(magic));
  if (bytes.length < DESCRIPTION_OFFSET) throw truncated(DESCRIPTION_OFFSET, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, flags, count, descriptionBytes] = [8, 12, 16, 20].map((offset) => view.getUint32(offset));
  if (version !== VERSION) throw formatError("unknown SRS file version", String(VERSION), String(version));
  if (flags! > FLAG_INSECURE) throw formatError("unknown SRS flags", "0 or 1", String(flags));
  if (descriptionBytes! > MAX_DESCRIPTION_BYTES) {
    throw formatError("the description is too long", `up to ${MAX_DESCRIPTION_BYTES} bytes`, String(descriptionBytes));
  }
  const start = recordsOffset(descriptionBytes!);
  if (bytes.length < start) throw truncated(start, bytes.length);
  const word = (i: number): bigint => fromBytes(bytes.subarray(TAU_OFFSET + 32 * i, TAU_OFFSET + 32 * (i + 1)));
  return {
    count: count!,
    tauG2: [word(0), word(1), word(2), word(3)],
    insecure: flags === FLAG_INSECURE,
    description: new TextDecoder().decode(bytes.subarray(DESCRIPTION_OFFSET, DESCRIPTION_OFFSET + descriptionBytes!)),
    contentDigest: bytes.slice(DIGEST_OFFSET, DESCRIPTION_OFFSET),
    recordsOffset: start,
  };
}

/** A whole file; its digest is checked. */
export function decodeSrs(bytes: Uint8Array): Srs {
  const header = decodeSrsHeader(bytes);
  const length = header.recordsOffset + header.count * G1_BYTES;
  if (bytes.length !== length) throw truncated(length, bytes.length);
  const descriptionBytes = new DataView(bytes.buffer, bytes.byteOffset).getUint32(20);
  const digest = contentDigest(bytes, descriptionBytes, header.recordsOffset);
  if (!digest.every((byte, i) => byte === header.contentDigest[i])) {
    throw formatError("the content digest does not match", "an undamaged file", "other bytes");
  }
  return srsOf(header, bytes.subarray(header.recordsOffset));
}

/** An SRS from a header and its first records. */
export function srsOf({ tauG2, insecure, description }: SrsHeader, g1: Uint8Array): Srs {
  return { count: g1.length / G1_BYTES, g1, tauG2, insecure, description };
}

export function checkCount(count: number, available: number): void {
  if (Number.isSafeInteger(count) && count >= 2 && count <= available) return;
  throw new SrsTooShortError("the SRS does not hold that many points", {
    expected: `2 to ${available} points`,
    got: `${count} asked for`,
    remedy: "import a larger power of the ceremony",
  });
}

function recordsOffset(descriptionBytes: number): number {
  return Math.ceil((DESCRIPTION_OFFSET + descriptionBytes) / G1_BYTES) * G1_BYTES;
}

function contentDigest(file: Uint8Array, descriptionBytes: number, records: number): Uint8Array {
  return sha256
    .create()
    .update(file.subarray(0, DIGEST_OFFSET))
    .update(file.subarray(DESCRIPTION_OFFSET, DESCRIPTION_OFFSET + descriptionBytes))
    .update(file.subarray(records))
    .digest();
}

function formatError(message: string, expected: string, got: string): SrsFormatError {
  return new SrsFormatError(message, { expected, got, remedy: "import the ceremony file again" });
}

function truncated(expected: number, got: number): SrsFormatError {
  return formatError("the SRS file has the wrong length", `${expected} bytes`, `${got} bytes`);
}
