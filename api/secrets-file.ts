/** What a statement hides, as a JSON file of 0x-hex strings that only its owner may read. */
import { readFile, writeFile } from "node:fs/promises";
import { bytesToHex, type Hex } from "viem";
import { GavelError } from "../core/errors.ts";
import { R } from "../core/field.ts";
import type { BoundarySecrets } from "../prover/boundary.ts";

export class SecretsFileError extends GavelError {
  override readonly name = "SecretsFile.SecretsFileError";
}

const FORMAT = "gavel-secrets-1";
const OWNER_ONLY = 0o600;

export async function saveSecrets(path: string, secrets: BoundarySecrets): Promise<void> {
  const file = {
    format: FORMAT,
    packedInput: bytesToHex(secrets.packedInput),
    packedOutput: bytesToHex(secrets.packedOutput),
    blindings: secrets.blindings.map((blinding): Hex => `0x${blinding.toString(16)}`),
  };
  await writeFile(path, `${JSON.stringify(file, undefined, 2)}\n`, { mode: OWNER_ONLY });
}

/** Blindings of the committed inputs and then of the committed outputs. */
export async function loadBlindings(path: string): Promise<bigint[]> {
  try {
    const { format, blindings } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    if (format !== FORMAT || !Array.isArray(blindings)) throw new Error(`format ${format}`);
    return blindings.map((text: unknown) => {
      const value = BigInt(text as string);
      if (value < 0n || value >= R) throw new Error(`a blinding out of range: ${text}`);
      return value;
    });
  } catch (cause) {
    throw new SecretsFileError(`cannot read the blindings of ${path}`, {
      expected: "a file written by `gavel prove --secrets`",
      got: (cause as Error).message,
      cause,
    });
  }
}
