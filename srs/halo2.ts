/**
 * Raw parameters of halo2 (PSE), as EZKL publishes them: `.srs` files of the Perpetual Powers of Tau.
 *
 *     u32 k, little-endian; 2^k G1 powers; 2^k G1 Lagrange points (some forks leave them out); [1]_2; [tau]_2
 *
 * The length of the file tells the variants apart. Compressed points (4 + 64·2^k + 128 bytes) are refused.
 */
import { SrsFormatError } from "../core/srs/errors.ts";
import { checkCount, G1_BYTES, G2_BYTES } from "../core/srs/format.ts";
import { checkG2Generator, g1FromMontgomery, g2FromMontgomery } from "./montgomery.ts";
import type { ByteSource, RawSrs } from "./source.ts";

const LARGEST_K = 28;

const withLagrange = (k: number): number => 4 + 2 * G1_BYTES * 2 ** k + 2 * G2_BYTES;
const withoutLagrange = (k: number): number => 4 + G1_BYTES * 2 ** k + 2 * G2_BYTES;
const compressed = (k: number): number => 4 + G1_BYTES * 2 ** k + G2_BYTES;

export async function readHalo2(source: ByteSource, count?: number): Promise<RawSrs> {
  const k = new DataView((await source.read(0, 4)).buffer).getUint32(0, true);
  if (k > LARGEST_K || ![withLagrange(k), withoutLagrange(k)].includes(source.size)) {
    throw new SrsFormatError(`${source.path} is not a raw halo2 file`, {
      expected:
        k > LARGEST_K ? `k up to ${LARGEST_K}` : `${withLagrange(k)} or ${withoutLagrange(k)} bytes for k = ${k}`,
      got: k <= LARGEST_K && source.size === compressed(k) ? "compressed points" : `k = ${k}, ${source.size} bytes`,
      remedy: "use the raw variant of the file (perpetual-powers-of-tau-raw-k)",
    });
  }
  const wanted = count ?? 2 ** k;
  checkCount(wanted, 2 ** k);
  const g2 = await source.read(source.size - 2 * G2_BYTES, 2 * G2_BYTES);
  checkG2Generator(g2FromMontgomery(g2.subarray(0, G2_BYTES)), source.path);
  return {
    g1: g1FromMontgomery(await source.read(4, wanted * G1_BYTES)),
    tauG2: g2FromMontgomery(g2.subarray(G2_BYTES)),
    layout: source.size === withLagrange(k) ? `halo2 raw k=${k}` : `halo2 raw k=${k}, no Lagrange`,
  };
}
