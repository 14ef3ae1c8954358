/** A proof with its statement, as a JSON file of 0x-hex strings. */
import { readFile, writeFile } from "node:fs/promises";
import { bytesToHex, type Hex, hexToBytes, isHex } from "viem";
import { GavelError } from "../core/errors.ts";
import type { Statement } from "../core/statement.ts";

export class ProofFileError extends GavelError {
  override readonly name = "ProofFile.ProofFileError";
}

/** What a verifier gets. */
export interface StatedProof extends Statement {
  readonly proof: Uint8Array;
}

const FORMAT = "gavel-proof-1";
const FIELDS = ["proof", "input", "output", "context"] as const;

export function proofHex(proof: StatedProof): Record<(typeof FIELDS)[number], Hex> {
  return {
    proof: bytesToHex(proof.proof),
    input: bytesToHex(proof.input),
    output: bytesToHex(proof.output),
    context: bytesToHex(proof.context),
  };
}

export async function saveProof(path: string, proof: StatedProof): Promise<void> {
  await writeFile(path, `${JSON.stringify({ format: FORMAT, ...proofHex(proof) }, undefined, 2)}\n`);
}

/** Throws ProofFileError for a file that `saveProof` did not write; whether the proof holds is for `verify`. */
export async function loadProof(path: string): Promise<StatedProof> {
  let file: Record<string, unknown>;
  try {
    file = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new ProofFileError(`cannot read the proof ${path}`, {
      expected: "a file written by `gavel prove -o`",
      got: (cause as Error).message,
      cause,
    });
  }
  const bytes = (name: (typeof FIELDS)[number]): Uint8Array => {
    const value = file[name];
    if (isHex(value) && value.length % 2 === 0) return hexToBytes(value);
    throw new ProofFileError(`field ${name} of ${path} is not hex`, {
      expected: "0x-prefixed bytes",
      got: String(value),
    });
  };
  if (file.format !== FORMAT) {
    throw new ProofFileError(`${path} is not a proof of this version`, {
      expected: FORMAT,
      got: String(file.format),
      remedy: "prove again with this version",
    });
  }
  return { proof: bytes("proof"), input: bytes("input"), output: bytes("output"), context: bytes("context") };
}
