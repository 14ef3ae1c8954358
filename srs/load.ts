/** SRS files of this project's own layout on disk. */
import { rename, writeFile } from "node:fs/promises";
import type { Srs, SrsHeader } from "../core/srs/format.ts";
import {
  checkCount,
  decodeSrs,
  decodeSrsHeader,
  encodeSrs,
  G1_BYTES,
  MAX_HEADER_BYTES,
  srsOf,
} from "../core/srs/format.ts";
import type { ByteSource } from "./source.ts";
import { withSource } from "./source.ts";

/**
 * The first `count` powers of a file, or all. A whole file is compared with its content digest; a prefix is not, and only
 * its bytes are read. The powers themselves were checked when the file was made: run checkSrsWithEngine on files of others.
 */
export function loadSrs(path: string, count?: number): Promise<Srs> {
  return withSource(path, async (source) => {
    if (count === undefined) return decodeSrs(await source.read(0, source.size));
    const header = await readHeader(source);
    checkCount(count, header.count);
    return srsOf(header, await source.read(header.recordsOffset, count * G1_BYTES));
  });
}

/** Written beside the target and moved into place, so that a reader never sees half a file. */
export async function saveSrs(path: string, srs: Srs): Promise<void> {
  const partial = `${path}.partial`;
  await writeFile(partial, encodeSrs(srs));
  await rename(partial, path);
}

async function readHeader(source: ByteSource): Promise<SrsHeader> {
  return decodeSrsHeader(await source.read(0, Math.min(source.size, MAX_HEADER_BYTES)));
}
