/**
 * snarkjs `.ptau` files (Perpetual Powers of Tau, Hermez).
 *
 *     "ptau", u32 version 1, u32 sections; then each section: u32 id, u64 bytes, data. Little-endian, any order.
 *     section 1   u32 bytes of q (32), q, u32 power, u32 power of the ceremony
 *     section 2   2^(power+1) - 1 G1 powers        section 3   2^power G2 powers
 *
 * Sections 4 to 15 (alpha, beta, contributions, Lagrange bases) are skipped without being read.
 */
import { fromBytes, Q } from "../core/field.ts";
import { SrsFormatError } from "../core/srs/errors.ts";
import { checkCount, G1_BYTES, G2_BYTES } from "../core/srs/format.ts";
import { checkG2Generator, g1FromMontgomery, g2FromMontgomery } from "./montgomery.ts";
import type { ByteSource, RawSrs } from "./source.ts";

interface Section {
  readonly offset: number;
  readonly length: number;
}

const FILE_HEADER_BYTES = 12;
const SECTION_HEADER_BYTES = 12;
const HEADER_SECTION_BYTES = 44;
/** A final file has 11 sections; more than this is not a ptau file. */
const MAX_SECTIONS = 64;

export async function readPtau(source: ByteSource, count?: number): Promise<RawSrs> {
  const sections = await readSections(source);
  const section = (id: number, least: number): Section => {
    const found = sections.get(id);
    if (found && found.length >= least) return found;
    throw formatError(source, `section ${id} of at least ${least} bytes`, found ? `${found.length} bytes` : "none");
  };
  const header = await source.read(section(1, HEADER_SECTION_BYTES).offset, HEADER_SECTION_BYTES);
  const modulus = fromBytes(header.subarray(4, 36).toReversed());
  if (modulus !== Q) throw formatError(source, "the base field of BN254", `modulus ${modulus}`);
  const power = new DataView(header.buffer).getUint32(36, true);

  const held = 2 ** (power + 1) - 1;
  const wanted = count ?? 2 ** power;
  checkCount(wanted, held);
  const tauG1 = section(2, held * G1_BYTES);
  const tauG2 = section(3, 2 * G2_BYTES);
  const g2 = await source.read(tauG2.offset, 2 * G2_BYTES);
  checkG2Generator(g2FromMontgomery(g2.subarray(0, G2_BYTES)), source.path);
  return {
    g1: g1FromMontgomery(await source.read(tauG1.offset, wanted * G1_BYTES)),
    tauG2: g2FromMontgomery(g2.subarray(G2_BYTES)),
    layout: `snarkjs ptau 2^${power}`,
  };
}

async function readSections(source: ByteSource): Promise<Map<number, Section>> {
  const view = new DataView((await source.read(0, FILE_HEADER_BYTES)).buffer);
  const [version, count] = [view.getUint32(4, true), view.getUint32(8, true)];
  if (version !== 1 || count > MAX_SECTIONS)
    throw formatError(source, "version 1", `version ${version}, ${count} sections`);
  const sections = new Map<number, Section>();
  let offset = FILE_HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    const head = new DataView((await source.read(offset, SECTION_HEADER_BYTES)).buffer);
    const id = head.getUint32(0, true);
    const length = Number(head.getBigUint64(4, true));
    offset += SECTION_HEADER_BYTES;
    if (sections.has(id)) throw formatError(source, "each section once", `section ${id} twice`);
    if (offset + length > source.size) throw formatError(source, `${offset + length} bytes`, `${source.size} bytes`);
    sections.set(id, { offset, length });
    offset += length;
  }
  return sections;
}

function formatError(source: ByteSource, expected: string, got: string): SrsFormatError {
  return new SrsFormatError(`${source.path} is not a ptau file that can be read`, {
    expected,
    got,
    remedy: "download the file again",
  });
}
