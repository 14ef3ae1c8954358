/**
 * Ceremony files in, a checked SRS out.
 *
 * Nothing read from a file is used before checkSrs has accepted it.
 */
import { basename } from "node:path";
import { SrsFormatError } from "../core/srs/errors.ts";
import type { Srs } from "../core/srs/format.ts";
import type { Engine } from "../kernels/engine.ts";
import { readAztec } from "./aztec.ts";
import { checkSrsWithEngine } from "./check.ts";
import { readHalo2 } from "./halo2.ts";
import { readPtau } from "./ptau.ts";
import type { ByteSource, PinnedHash, RawSrs } from "./source.ts";
import { checkFileHash, withSource } from "./source.ts";

export interface ImportOptions {
  /** Powers to keep; default: as many as the file is named after. Only these are read. */
  readonly count?: number;
  /** The hash the ceremony published for the first file. */
  readonly pinned?: PinnedHash;
}

/** Paths: one `.ptau`, one halo2 raw file, or Aztec's `g1.dat` and `g2.dat`. */
export async function importSrs(engine: Engine, paths: readonly string[], options: ImportOptions = {}): Promise<Srs> {
  const [first, second] = paths;
  if (first === undefined || paths.length > 2) {
    throw new SrsFormatError("an SRS is imported from one file or from two", {
      expected: "a .ptau file, a halo2 raw file, or g1.dat and g2.dat",
      got: `${paths.length} files`,
    });
  }
  if (options.pinned) await checkFileHash(first, options.pinned);
  const raw = await withSource(first, (source) =>
    second === undefined
      ? readSingle(source, options.count)
      : withSource(second, (g2) => readAztec(source, g2, options.count)),
  );
  const hash = options.pinned ? `, ${options.pinned.algorithm} ${options.pinned.hex.toLowerCase()}` : "";
  const srs: Srs = {
    count: raw.g1.length / 64,
    g1: raw.g1,
    tauG2: raw.tauG2,
    insecure: false,
    description: `${basename(first).slice(0, 200)} (${raw.layout})${hash}`,
  };
  checkSrsWithEngine(engine, srs);
  return srs;
}

async function readSingle(source: ByteSource, count?: number): Promise<RawSrs> {
  const magic = new TextDecoder().decode(await source.read(0, 4));
  return magic === "ptau" ? readPtau(source, count) : readHalo2(source, count);
}
