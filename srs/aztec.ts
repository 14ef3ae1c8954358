/**
 * The flat files of Aztec's Ignition ceremony, `g1.dat` and `g2.dat`; plain big-endian coordinates.
 *
 *     g1.dat   x || y of tau^0, tau^1, ...     64 bytes each
 *     g2.dat   x.c0 || x.c1 || y.c0 || y.c1    128 bytes: [tau]_2
 */
import { fromBytes } from "../core/field.ts";
import { SrsFormatError } from "../core/srs/errors.ts";
import { checkCount, G1_BYTES, G2_BYTES } from "../core/srs/format.ts";
import type { ByteSource, RawSrs } from "./source.ts";

export async function readAztec(g1: ByteSource, g2: ByteSource, count?: number): Promise<RawSrs> {
  if (g1.size % G1_BYTES !== 0 || g2.size !== G2_BYTES) {
    throw new SrsFormatError("not a pair of flat Aztec files", {
      expected: `a multiple of ${G1_BYTES} bytes, and ${G2_BYTES} bytes`,
      got: `${g1.size} bytes, and ${g2.size} bytes`,
      remedy: "pass g1.dat and g2.dat in this order",
    });
  }
  const held = g1.size / G1_BYTES;
  const wanted = count ?? held;
  checkCount(wanted, held);
  const bytes = await g2.read(0, G2_BYTES);
  const [xc0, xc1, yc0, yc1] = [0, 32, 64, 96].map((offset) => fromBytes(bytes.subarray(offset, offset + 32)));
  return {
    g1: await g1.read(0, wanted * G1_BYTES),
    tauG2: [xc1!, xc0!, yc1!, yc0!],
    layout: "Aztec flat",
  };
}
