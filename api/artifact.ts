/**
 * The artifact folder: everything about one compiled model, and all that proving and verifying it needs.
 *
 *     circuit.json         the program, canonical JSON
 *     fixed.bin            weights, biases, tabulated functions: int32, little-endian; only a prover needs it
 *     weight-blindings.json  what hides private weights in their commitments: with it a guess of the weights can be checked
 *     verifying-key.json   commitments of the fixed cells, [tau]_2, digest
 *     srs.bin              the powers of tau that the circuit needs
 *     report.json          scales, ranges, bounds, accuracy
 *
 * The owner of private weights keeps fixed.bin, weight-blindings.json and report.json: a copy of the folder without them verifies and
 * makes no proofs.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Circuit } from "../core/circuit.ts";
import { decodeCircuit, encodeFixed, encodeProgram } from "../core/encoding.ts";
import { GavelError } from "../core/errors.ts";
import { keyDefect } from "../core/key-defect.ts";
import type { Srs } from "../core/srs/format.ts";
import { validateCircuit } from "../core/validate.ts";
import { createVerifyingKey, type TauG2, type VerifyingKey } from "../core/verifying-key.ts";
import { saveSrs } from "../srs/load.ts";

export class ArtifactError extends GavelError {
  override readonly name = "Artifact.ArtifactError";
}

export interface Artifact {
  readonly dir: string;
  readonly circuit: Circuit;
  readonly verifyingKey: VerifyingKey;
  readonly report: Record<string, unknown>;
  readonly srsPath: string;
  /** Empty where weights are fixed, and in a copy without the owner's files. */
  readonly weightBlindings: readonly bigint[];
}

const FILES = {
  circuit: "circuit.json",
  fixed: "fixed.bin",
  verifyingKey: "verifying-key.json",
  weightBlindings: "weight-blindings.json",
  srs: "srs.bin",
  report: "report.json",
} as const;

interface VerifyingKeyFile {
  readonly digest: string;
  readonly insecureSrs: boolean;
  readonly warning?: string;
  readonly tauG2: readonly string[];
  readonly fixedCommitments: readonly { readonly x: string; readonly y: string }[];
}

const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;
const hexWord = (value: bigint): string => `0x${value.toString(16).padStart(64, "0")}`;

export async function saveArtifact(
  dir: string,
  key: VerifyingKey,
  srs: Srs,
  report: object,
  weightBlindings: readonly bigint[] = [],
): Promise<void> {
  await mkdir(dir, { recursive: true });
  const file: VerifyingKeyFile = {
    digest: hex(key.digest),
    insecureSrs: key.insecureSrs,
    ...(key.insecureSrs
      ? { warning: "made with a development SRS: anybody who kept its secret can forge proofs" }
      : {}),
    tauG2: key.tauG2.map(hexWord),
    fixedCommitments: key.fixedCommitments.map(({ x, y }) => ({ x: hexWord(x), y: hexWord(y) })),
  };
  await Promise.all([
    writeFile(join(dir, FILES.circuit), encodeProgram(key.circuit)),
    writeFile(join(dir, FILES.fixed), encodeFixed(key.circuit)),
    writeFile(join(dir, FILES.verifyingKey), `${JSON.stringify(file, undefined, 2)}\n`),
    writeFile(join(dir, FILES.report), `${JSON.stringify(report, undefined, 2)}\n`),
    ...(weightBlindings.length === 0
      ? []
      : [
          writeFile(join(dir, FILES.weightBlindings), `${JSON.stringify(weightBlindings.map(hexWord))}\n`, {
            mode: 0o600,
          }),
        ]),
    saveSrs(join(dir, FILES.srs), srs),
  ]);
}

/**
 * Whoever wrote the folder: throws CircuitFormatError for a circuit of another version or cut short, CircuitError for one about which a
 * proof would mean nothing, ArtifactError for missing files, for a key that is not the circuit's, and for points that are none.
 */
export async function loadArtifact(dir: string): Promise<Artifact> {
  const read = async (name: string): Promise<Buffer> => {
    try {
      return await readFile(join(dir, name));
    } catch (cause) {
      throw new ArtifactError(`cannot read ${name} of the artifact`, {
        expected: `a folder written by \`gavel compile\` at ${dir}`,
        got: (cause as Error).message,
        remedy: "give the folder that was passed to `gavel compile -o`",
        cause,
      });
    }
  };
  const readIfThere = (name: string, absent: string): Promise<Buffer> =>
    existsSync(join(dir, name)) ? read(name) : Promise.resolve(Buffer.from(absent));
  const [program, fixed, keyFile, report, blindings] = await Promise.all([
    read(FILES.circuit),
    readIfThere(FILES.fixed, ""),
    read(FILES.verifyingKey),
    readIfThere(FILES.report, "{}"),
    readIfThere(FILES.weightBlindings, "[]"),
  ]);
  const circuit = readAs(FILES.circuit, () => {
    const decoded = decodeCircuit(program.toString("utf8"), fixed);
    validateCircuit(decoded);
    return decoded;
  });
  const stored = parse<VerifyingKeyFile>(keyFile, FILES.verifyingKey);
  const verifyingKey = readAs(FILES.verifyingKey, () =>
    createVerifyingKey(
      circuit,
      stored.fixedCommitments.map(({ x, y }) => ({ x: BigInt(x), y: BigInt(y) })),
      stored.tauG2.map(BigInt) as unknown as TauG2,
      stored.insecureSrs,
    ),
  );
  if (hex(verifyingKey.digest) !== stored.digest) {
    throw new ArtifactError("the verifying key does not belong to the circuit", {
      expected: stored.digest,
      got: hex(verifyingKey.digest),
      remedy: "compile the model again; a file of the folder was changed",
    });
  }
  const defect = keyDefect(verifyingKey);
  if (defect !== undefined) {
    const { message, expected, got } = defect;
    throw new ArtifactError(message, { expected, got, remedy: "get the folder again from whoever compiled the model" });
  }
  return {
    dir,
    circuit,
    verifyingKey,
    report: parse(report, FILES.report),
    srsPath: join(dir, FILES.srs),
    weightBlindings: readAs(FILES.weightBlindings, () => parse<string[]>(blindings, FILES.weightBlindings).map(BigInt)),
  };
}

/** A file that lacks what it should hold shows as whatever its reader stumbled over. */
function readAs<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof GavelError) throw cause;
    throw new ArtifactError(`${name} does not hold what it should`, {
      expected: `${name} as \`gavel compile\` wrote it`,
      got: (cause as Error).message,
      remedy: "copy the file again, or compile the model again",
      cause,
    });
  }
}

function parse<T>(bytes: Buffer, name: string): T {
  try {
    return JSON.parse(bytes.toString("utf8")) as T;
  } catch (cause) {
    throw new ArtifactError(`${name} is not JSON`, {
      expected: `${name} as \`gavel compile\` wrote it`,
      got: (cause as Error).message,
      remedy: "copy the file again, or compile the model again",
      cause,
    });
  }
}
