/** What a statement hides, as a JSON file of 0x-hex strings that only its owner may read. */
import { readFile, writeFile } from "node:fs/promises";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import type { Circuit } from "../core/circuit.ts";
import { GavelError } from "../core/errors.ts";
import { R } from "../core/field.ts";
import { packedLength } from "../core/packing.ts";
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

/** Throws on a file that is not one of `saveSecrets`. Blindings are those of the committed inputs and then of the committed outputs. */
export async function loadSecrets(path: string): Promise<BoundarySecrets> {
  try {
    const { format, blindings, ...packed } = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    if (format !== FORMAT || !Array.isArray(blindings)) throw new Error(`format ${format}`);
    return {
      packedInput: hexToBytes(packed.packedInput as Hex),
      packedOutput: hexToBytes(packed.packedOutput as Hex),
      blindings: blindings.map((text: unknown) => {
        const value = BigInt(text as string);
        if (value < 0n || value >= R) throw new Error(`a blinding out of range: ${text}`);
        return value;
      }),
    };
  } catch (cause) {
    throw new SecretsFileError(`cannot read the secrets of ${path}`, {
      expected: "a file written by `gavel prove --secrets`",
      got: (cause as Error).message,
      cause,
    });
  }
}

/** What a proof's secrets are to a model that reads all its outputs as its input: the packed input, and the blindings of what is committed. */
export function outputAsInput(
  { packedOutput, blindings }: BoundarySecrets,
  { inputs }: Pick<Circuit, "inputs">,
): { readonly input: Uint8Array; readonly blindings: readonly bigint[] } {
  const committed = inputs.filter(({ visibility }) => visibility === "committed").length;
  if (packedOutput.length === packedLength(inputs) && blindings.length >= committed)
    return { input: packedOutput, blindings: blindings.slice(blindings.length - committed) };
  throw new SecretsFileError("the output of that proof is not an input of this model", {
    expected: `${packedLength(inputs)} packed bytes and ${committed} blindings`,
    got: `${packedOutput.length} bytes and ${blindings.length} blindings`,
    remedy: "compile this model with `--after` the artifact that made the proof, output by output",
  });
}
