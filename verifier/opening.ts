/** The check of `core/opening.ts`, with noble's curve and pairing. */
import { bn254 } from "@noble/curves/bn254.js";
import type { Claim } from "../core/claims.ts";
import { add, mul, sub } from "../core/field.ts";
import {
  batchedValue,
  lineAt,
  type OpeningPoint,
  openedColumns,
  quotientAtInverse,
  sameColumn,
} from "../core/opening.ts";
import type { Transcript } from "../core/transcript.ts";
import type { AffinePoint, VerifyingKey } from "../core/verifying-key.ts";
import { type ColumnId, type WeightPoint, weightAt } from "../core/weights.ts";
import { OpeningHintError, PairingError, PointError } from "./errors.ts";
import type { ProofReader } from "./messages.ts";

const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
type G1Point = InstanceType<typeof G1>;

/**
 * `commitmentOf` gives affine coordinates that are not checked yet. Throws PointError, OpeningHintError or PairingError.
 */
export function verifyOpening(
  key: VerifyingKey,
  claims: readonly Claim[],
  weightPoint: WeightPoint,
  commitmentOf: (column: ColumnId) => AffinePoint,
  transcript: Transcript,
  proof: ProofReader,
): void {
  const gamma = transcript.squeeze("gamma");
  const quotient = pointOf(proof.step("laurent").quotient);
  const z = transcript.squeeze("z");
  const openings = proof.step("openings");
  const [s1, s2, quotientAtZ] = [openings.atZ[0], openings.atInverse[0], openings.quotientAtZ[0]];
  const delta = transcript.squeeze("delta");
  const batch = pointOf(proof.step("batch").quotient);
  const zeta = transcript.squeeze("zeta");
  const tail = proof.tail();
  const opening = pointOf(tail.opening);
  const { point, inverseGap } = openingPoint(z, tail.inverse[0]);

  const value = batchedValue(claims, gamma);
  const atInverse = quotientAtInverse(point, value, s1, s2, quotientAtZ);
  const line = lineAt(point, inverseGap, quotientAtZ, atInverse, zeta);
  const fromZ = sub(zeta, point.z);
  const fromInverse = sub(zeta, point.inverse);

  let combined = quotient.subtract(times(batch, mul(fromZ, fromInverse))).add(times(opening, zeta));
  const scaleAtZ = mul(delta, fromInverse);
  const scaleAtInverse = mul(mul(delta, delta), fromZ);
  const constant = add(line, add(mul(scaleAtZ, s1), mul(scaleAtInverse, s2)));
  combined = combined.subtract(times(G1.BASE, constant));
  for (const column of openedColumns(key.circuit)) {
    const atZ = columnWeight(claims, column, gamma, weightPoint, point.z);
    const atZInverse = columnWeight(claims, column, gamma, weightPoint, point.inverse);
    const scalar = add(mul(scaleAtZ, atZInverse), mul(scaleAtInverse, atZ));
    combined = combined.add(times(affine(commitmentOf(column)), scalar));
  }
  checkPairing(combined, opening, key);
}

/** W_f(x) = sum_c gamma^c · (terms of claim c on f at x) */
function columnWeight(claims: readonly Claim[], column: ColumnId, gamma: bigint, at: WeightPoint, x: bigint): bigint {
  let power = 1n;
  let value = 0n;
  for (const claim of claims) {
    for (const term of claim.terms) {
      if (sameColumn(term.column, column)) value = add(value, mul(power, weightAt(term, at, x)));
    }
    power = mul(power, gamma);
  }
  return value;
}

function openingPoint(z: bigint, hint: bigint): { point: OpeningPoint; inverseGap: bigint } {
  const square = mul(z, z);
  if (mul(hint, mul(z, sub(square, 1n))) !== 1n) {
    throw new OpeningHintError("the inverse sent with the proof is wrong", {
      expected: "1/(z (z^2 - 1))",
      got: `${hint}`,
      remedy: "reject the proof",
    });
  }
  return { point: { z, inverse: mul(hint, sub(square, 1n)) }, inverseGap: mul(hint, square) };
}

function checkPairing(left: G1Point, right: G1Point, key: VerifyingKey): void {
  const [xc1, xc0, yc1, yc0] = key.tauG2;
  const tau = G2.fromAffine({ x: { c0: xc0, c1: xc1 }, y: { c0: yc0, c1: yc1 } });
  const pairs = [
    { g1: left, g2: G2.BASE },
    { g1: right.negate(), g2: tau },
  ].filter(({ g1 }) => !g1.is0());
  const { Fp12 } = bn254.fields;
  if (pairs.length === 0 || Fp12.eql(bn254.pairingBatch(pairs), Fp12.ONE)) return;
  throw new PairingError("the pairing equation does not hold", {
    expected: "e(L + zeta pi, [1]_2) = e(pi, [tau]_2)",
    got: "different values",
    remedy: "reject the proof: it does not belong to this key, input, output and context, or was altered",
  });
}

function pointOf(words: readonly bigint[]): G1Point {
  return affine({ x: words[0], y: words[1] });
}

/** (0, 0) is the point at infinity, as for the EVM. */
function affine({ x, y }: AffinePoint): G1Point {
  if (x === 0n && y === 0n) return G1.ZERO;
  try {
    const point = G1.fromAffine({ x, y });
    point.assertValidity();
    return point;
  } catch (cause) {
    throw new PointError("a point is not on the curve", {
      expected: "y^2 = x^3 + 3",
      got: `(${x}, ${y})`,
      remedy: "reject the proof",
      cause,
    });
  }
}

function times(point: G1Point, scalar: bigint): G1Point {
  return scalar === 0n || point.is0() ? G1.ZERO : point.multiplyUnsafe(scalar);
}
