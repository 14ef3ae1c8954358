/** SRS with a known tau, and the ceremony layouts written from the same points. */
import { bn254 } from "@noble/curves/bn254.js";
import { Q, toWord } from "../../../core/field.ts";
import { readG1 } from "../../../core/srs/check.ts";
import type { Srs } from "../../../core/srs/format.ts";
import type { TauG2 } from "../../../core/verifying-key.ts";
import { concatBytes } from "../../../core/verifying-key.ts";
import { powersOfTauReference } from "../../../kernels/msm-reference.ts";

export function srsFromTau(tau: bigint, count: number): Srs {
  return { count, g1: powersOfTauReference(tau, count), tauG2: multiplyG2(tau), insecure: false, description: "test" };
}

export function multiplyG2(scalar: bigint): TauG2 {
  const { x, y } = bn254.G2.Point.BASE.multiply(scalar).toAffine();
  return [x.c1, x.c0, y.c1, y.c0];
}

/** A copy with record `index` replaced. */
export function withRecord(srs: Srs, index: number, x: bigint, y: bigint): Srs {
  const g1 = srs.g1.slice();
  g1.set(concatBytes(toWord(x), toWord(y)), 64 * index);
  return { ...srs, g1 };
}

/** A point of the twist outside the r-torsion; x = (c, 0) with the least c that has a square root. */
export function twistPointOutsideTorsion(): TauG2 {
  const { Fp2 } = bn254.fields;
  const { x: gx, y: gy } = bn254.G2.Point.BASE.toAffine();
  const b = Fp2.sub(Fp2.sqr(gy), Fp2.mul(Fp2.sqr(gx), gx));
  for (let c = 1n; ; c++) {
    const x = Fp2.fromBigTuple([c, 0n]);
    try {
      const y = Fp2.sqrt(Fp2.add(Fp2.mul(Fp2.sqr(x), x), b));
      return [x.c1, x.c0, y.c1, y.c0];
    } catch {
      // Not a square; try the next.
    }
  }
}

const toMontgomery = (x: bigint): Uint8Array => toWord((x * 2n ** 256n) % Q).toReversed();

const generatorG2 = multiplyG2(1n);

function g1Montgomery(srs: Srs): Uint8Array {
  return concatBytes(
    ...Array.from({ length: srs.count }, (_, i) => readG1(srs.g1, i)).flatMap(({ x, y }) => [
      toMontgomery(x),
      toMontgomery(y),
    ]),
  );
}

const g2Montgomery = ([xc1, xc0, yc1, yc0]: TauG2): Uint8Array =>
  concatBytes(...[xc0, xc1, yc0, yc1].map(toMontgomery));

export function aztecFiles(srs: Srs): { g1: Uint8Array; g2: Uint8Array } {
  const [xc1, xc0, yc1, yc0] = srs.tauG2;
  return { g1: srs.g1, g2: concatBytes(...[xc0, xc1, yc0, yc1].map(toWord)) };
}

/** The Lagrange part is skipped by readers; here it repeats the powers. */
export function halo2File(srs: Srs, lagrange: boolean, g2 = generatorG2): Uint8Array {
  const powers = g1Montgomery(srs);
  const k = new Uint8Array([Math.log2(srs.count), 0, 0, 0]);
  return concatBytes(k, powers, ...(lagrange ? [powers] : []), g2Montgomery(g2), g2Montgomery(srs.tauG2));
}
