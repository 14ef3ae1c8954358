/**
 * Coordinates as snarkjs and halo2curves store them: 32 bytes little-endian, in Montgomery form a·2^256 mod q.
 *
 *     G1 record   x || y                        64 bytes
 *     G2 record   x.c0 || x.c1 || y.c0 || y.c1  128 bytes
 */
import { bn254 } from "@noble/curves/bn254.js";
import { Q } from "../core/field.ts";
import { GeneratorError } from "../core/srs/errors.ts";
import { G1_BYTES } from "../core/srs/format.ts";
import type { TauG2 } from "../core/verifying-key.ts";

const R_INVERSE = bn254.fields.Fp.inv(2n ** 256n % Q);

/** Coordinates not below q come out not below q, so that the curve check refuses them. */
function fromMontgomery(view: DataView, offset: number): bigint {
  const value = littleEndianWord(view, offset);
  return value < Q ? (value * R_INVERSE) % Q : value;
}

function littleEndianWord(view: DataView, at: number): bigint {
  const limb = (i: number): bigint => view.getBigUint64(at + 8 * i, true);
  return (((((limb(3) << 64n) | limb(2)) << 64n) | limb(1)) << 64n) | limb(0);
}

function writeWord(view: DataView, at: number, value: bigint): void {
  for (let i = 0; i < 4; i++) view.setBigUint64(at + 8 * i, BigInt.asUintN(64, value >> BigInt(64 * (3 - i))));
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** G1 records to the 64-byte big-endian records of this project. */
export function g1FromMontgomery(bytes: Uint8Array): Uint8Array {
  const records = new Uint8Array(bytes.length);
  const [from, to] = [viewOf(bytes), viewOf(records)];
  for (let offset = 0; offset < bytes.length; offset += G1_BYTES / 2) {
    writeWord(to, offset, fromMontgomery(from, offset));
  }
  return records;
}

export function g2FromMontgomery(bytes: Uint8Array): TauG2 {
  const view = viewOf(bytes);
  const [xc0, xc1, yc0, yc1] = [0, 32, 64, 96].map((offset) => fromMontgomery(view, offset));
  return [xc1!, xc0!, yc1!, yc0!];
}

/** Files that carry [1]_2 must mean the generator of the pairing precompile. */
export function checkG2Generator(point: TauG2, path: string): void {
  const { x, y } = bn254.G2.Point.BASE.toAffine();
  const expected = [x.c1, x.c0, y.c1, y.c0];
  if (expected.every((word, i) => word === point[i])) return;
  throw new GeneratorError(`${path} starts G2 at another generator`, {
    expected: expected.join(", "),
    got: point.join(", "),
    remedy: "use a ceremony over the generators of EIP-197",
  });
}
