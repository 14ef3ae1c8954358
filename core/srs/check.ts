/**
 * Whether an SRS is what a ceremony should have left: powers of one secret tau that nobody can guess.
 *
 * Checks
 *   every G1 power is a canonical point of the curve (the cofactor is 1, so it is in the group) and none is infinity
 *   the first power is (1, 2)
 *   [tau]_2 is on the twist and in its r-torsion (the cofactor is not 1), and is neither infinity nor the generator
 *   e(sum_i rho^i g1[i+1], [1]_2) = e(sum_i rho^i g1[i], [tau]_2) over i < count - 1, for rho random
 *   tau is not ±k for k <= SMALL_TAU, not ±2^k, and not a root of unity of an order up to count
 *
 * Soundness   g1 that are not tau^i·(1, 2) pass for at most count - 2 of the r values of rho. The caller draws rho
 *             after it has the file, uniformly. That nobody kept tau is the ceremony's claim; no check can show it.
 */

import { pippenger } from "@noble/curves/abstract/curve.js";
import { bn254 } from "@noble/curves/bn254.js";
import type { CurvePoint } from "../curve.ts";
import { addPoints } from "../curve.ts";
import { mul, Q } from "../field.ts";
import type { TauG2 } from "../verifying-key.ts";
import {
  GeneratorError,
  IdentityPowerError,
  InconsistentPowersError,
  OffCurveError,
  SrsFormatError,
  TauG2Error,
  WeakTauError,
} from "./errors.ts";
import type { Srs } from "./format.ts";
import { G1_BYTES } from "./format.ts";

/** sum_i rho^i · points[i] of 64-byte records that are on the curve. */
export type CombinePowers = (records: Uint8Array, rho: bigint) => CurvePoint;

export interface SrsCheckOptions {
  /** Uniform in [1, r), drawn after the file was read. */
  readonly rho: bigint;
  /** Default: BigInt, fit for a few thousand points. */
  readonly combine?: CombinePowers;
}

/** Enough for any tau set by hand; 2^k are checked besides. */
export const SMALL_TAU = 4096;

const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;

export function checkSrs(srs: Srs, { rho, combine = combineWithBigInt }: SrsCheckOptions): void {
  if (srs.count < 2 || srs.g1.length !== srs.count * G1_BYTES) {
    throw new SrsFormatError("an SRS has at least two powers and one record for each", {
      expected: "count >= 2 and 64·count bytes",
      got: `count ${srs.count}, ${srs.g1.length} bytes`,
    });
  }
  checkPowers(srs);
  const tauG2 = checkTauG2(srs.tauG2);
  checkWeakTau(srs);
  const shifted = combine(srs.g1.subarray(G1_BYTES), rho);
  const lower = combine(srs.g1.subarray(0, srs.g1.length - G1_BYTES), rho);
  const consistent =
    shifted !== null &&
    lower !== null &&
    bn254.fields.Fp12.eql(bn254.pairing(G1.fromAffine(shifted), G2.BASE), bn254.pairing(G1.fromAffine(lower), tauG2));
  if (consistent) return;
  throw new InconsistentPowersError("the G1 points are not powers of the tau in G2", {
    expected: "g1[i] = tau^i·(1, 2)",
    got: "a pairing equation that does not hold",
    remedy: "use the G1 and G2 files of the same ceremony",
  });
}

/** Each record on the curve, none infinity, the first the generator, no later one ± the generator. */
function checkPowers({ g1, count }: Srs): void {
  for (let i = 0; i < count; i++) {
    const { x, y } = readG1(g1, i);
    if (x === 0n && y === 0n) {
      throw new IdentityPowerError("a power of tau is the point at infinity", {
        expected: "no infinity",
        got: `record ${i}`,
        remedy: "use another ceremony file",
      });
    }
    if (x >= Q || y >= Q || (y * y - x * x * x - 3n) % Q !== 0n) throw new OffCurveError(i);
    if (i === 0 && (x !== 1n || y !== 2n)) {
      throw new GeneratorError("the first power is not the generator", {
        expected: "(1, 2)",
        got: `(${x}, ${y})`,
        remedy: "the file may start at tau^1; use one that starts at tau^0",
      });
    }
    if (i > 0 && x === 1n) throw weak(`tau^${i} = ±1`);
  }
}

function checkTauG2([xc1, xc0, yc1, yc0]: TauG2): InstanceType<typeof G2> {
  const refuse = (got: string, cause?: unknown): TauG2Error =>
    new TauG2Error("[tau]_2 cannot be used", {
      expected: "a point of the twist, of order r",
      got,
      remedy: "use another ceremony file",
      cause,
    });
  if ([xc1, xc0, yc1, yc0].every((word) => word === 0n)) throw refuse("infinity");
  if ([xc1, xc0, yc1, yc0].some((word) => word >= Q)) throw refuse("a coordinate not below q");
  const point = G2.fromAffine({ x: { c0: xc0, c1: xc1 }, y: { c0: yc0, c1: yc1 } });
  try {
    point.assertValidity();
  } catch (cause) {
    throw refuse("a point off the curve or outside the r-torsion", cause);
  }
  return point;
}

function checkWeakTau({ g1 }: Srs): void {
  const { x } = readG1(g1, 1);
  const generator: CurvePoint = { x: 1n, y: 2n };
  let multiple: CurvePoint = null;
  for (let k = 1; k <= SMALL_TAU; k++) {
    multiple = addPoints(multiple, generator);
    if (multiple?.x === x) throw weak(`tau = ±${k}`);
  }
  let double: CurvePoint = generator;
  for (let k = 1; k < 256; k++) {
    double = addPoints(double, double);
    if (double?.x === x) throw weak(`tau = ±2^${k}`);
  }
}

function weak(got: string): WeakTauError {
  return new WeakTauError("tau can be guessed", {
    expected: "a secret tau",
    got,
    remedy: "use the output of a ceremony with contributions, not a fresh or a test file",
  });
}

function combineWithBigInt(records: Uint8Array, rho: bigint): CurvePoint {
  const points = [];
  const scalars = [];
  for (let i = 0, power = 1n; i < records.length / G1_BYTES; i++, power = mul(power, rho)) {
    points.push(G1.fromAffine(readG1(records, i)));
    scalars.push(power);
  }
  const sum = pippenger(G1, points, scalars);
  return sum.is0() ? null : sum.toAffine();
}

export function readG1(records: Uint8Array, index: number): { x: bigint; y: bigint } {
  const view = new DataView(records.buffer, records.byteOffset + index * G1_BYTES, G1_BYTES);
  const word = (at: number): bigint =>
    (((((view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8)) << 64n) | view.getBigUint64(at + 16)) << 64n) |
    view.getBigUint64(at + 24);
  return { x: word(0), y: word(32) };
}
