/** Proofs on disk, named by what they prove, so that a proof made before a crash is used after it. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { StoreError } from "../errors.ts";

export interface StoredProof {
  readonly proof: Uint8Array;
  readonly output: Uint8Array;
}

export interface ProofFiles {
  read(key: string): Promise<StoredProof | undefined>;
  write(key: string, proof: StoredProof): Promise<void>;
  remove(key: string): Promise<void>;
  /** Removes files older than `maxAgeSeconds` whose key is not wanted; the number removed. */
  prune(maxAgeSeconds: number, isWanted: (key: string) => boolean): Promise<number>;
}

/** The context binds chain, market, request and prover; with the key of the model and the input it names one proof. */
export function proofKeyOf(vkDigest: Uint8Array, context: Uint8Array, input: Uint8Array): string {
  const bytes = Buffer.concat([vkDigest, context, keccak_256(input)]);
  return Buffer.from(keccak_256(bytes)).toString("hex");
}

/** Layout: keccak256 of the rest, 4 bytes of output length, output, proof. A file that was cut short is not used. */
export function openProofFiles(folder: string): ProofFiles {
  const pathOf = (key: string) => join(folder, `${key}.proof`);
  return {
    read: async (key) => {
      const bytes = await readFile(pathOf(key)).catch(() => undefined);
      if (bytes === undefined || bytes.length < 36) return undefined;
      const body = bytes.subarray(32);
      if (!bytes.subarray(0, 32).equals(keccak_256(body))) return undefined;
      const outputLength = body.readUInt32BE(0);
      return {
        output: Uint8Array.from(body.subarray(4, 4 + outputLength)),
        proof: Uint8Array.from(body.subarray(4 + outputLength)),
      };
    },
    write: async (key, { proof, output }) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(output.length);
      const body = Buffer.concat([length, output, proof]);
      const partial = `${pathOf(key)}.${process.pid}.partial`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(partial, Buffer.concat([keccak_256(body), body]), { flush: true });
        await rename(partial, pathOf(key));
      } catch (cause) {
        await rm(partial, { force: true }).catch(() => undefined);
        throw new StoreError("a proof cannot be stored", {
          got: (cause as Error).message,
          remedy: "make room in `proofDir`, or make it writable; the proof is made again then",
          retryable: true,
          cause,
        });
      }
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    prune: async (maxAgeSeconds, isWanted) => {
      const names = await readdir(folder).catch(() => []);
      let removed = 0;
      for (const name of names) {
        const path = join(folder, name);
        const info = await stat(path).catch(() => undefined);
        if (info === undefined || Date.now() - info.mtimeMs < maxAgeSeconds * 1000) continue;
        if (name.endsWith(".proof") && isWanted(name.slice(0, -".proof".length))) continue;
        await rm(path, { force: true });
        removed++;
      }
      return removed;
    },
  };
}
