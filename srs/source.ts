/** Random access to a ceremony file, which may be far larger than the part that is needed. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { SrsFormatError, SrsHashError } from "../core/srs/errors.ts";
import type { TauG2 } from "../core/verifying-key.ts";

export interface ByteSource {
  readonly path: string;
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

export async function withSource<T>(path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    return await use({
      path,
      size,
      async read(offset, length) {
        if (offset + length > size) {
          throw new SrsFormatError(`${path} ends early`, {
            expected: `at least ${offset + length} bytes`,
            got: `${size} bytes`,
            remedy: "download the file again",
          });
        }
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          // Reads above 2^31 - 1 bytes are refused by some systems.
          const { bytesRead } = await file.read(bytes, done, Math.min(length - done, 2 ** 30), offset + done);
          if (bytesRead === 0)
            throw new SrsFormatError(`${path} became shorter while it was read`, { retryable: true });
          done += bytesRead;
        }
        return bytes;
      },
    });
  } finally {
    await file.close();
  }
}

/** Points of a ceremony file in this project's encodings, not checked. */
export interface RawSrs {
  readonly g1: Uint8Array;
  readonly tauG2: TauG2;
  /** Which layout the file had. */
  readonly layout: string;
}

/** Length in hex digits of the hashes that ceremonies publish: snarkjs lists blake2b-512, EZKL lists SHA-256. */
export const HASH_DIGITS = { sha256: 64, blake2b512: 128 } as const;

/** A published hash of a whole ceremony file. */
export interface PinnedHash {
  readonly algorithm: keyof typeof HASH_DIGITS;
  readonly hex: string;
}

export async function checkFileHash(path: string, { algorithm, hex }: PinnedHash): Promise<void> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk);
  const got = hash.digest("hex");
  if (got === hex.toLowerCase()) return;
  throw new SrsHashError(`${path} is not the file that was pinned`, {
    expected: `${algorithm} ${hex}`,
    got,
    remedy: "download the file again, and compare the hash with the ceremony's own page",
  });
}
