/** What a verifying key must satisfy whoever uses it: as many points as columns, each on its curve, and a [tau]_2 that checks something. */
import { bn254 } from "@noble/curves/bn254.js";
import { layoutOf } from "./layout.ts";
import type { AffinePoint, VerifyingKey } from "./verifying-key.ts";

export interface KeyDefect {
  readonly message: string;
  readonly expected: string;
  readonly got: string;
}

/** The first defect; undefined for a usable key. Infinity is a commitment, that of a column of zeros. */
export function keyDefect({ circuit, fixedCommitments, tauG2 }: VerifyingKey): KeyDefect | undefined {
  const { fixedColumns } = layoutOf(circuit);
  const count = fixedCommitments.length;
  if (count !== fixedColumns)
    return {
      message: "the verifying key has the wrong number of commitments",
      expected: `${fixedColumns} fixed columns`,
      got: `${count}`,
    };
  const wrong = fixedCommitments.findIndex((point) => !isOnCurve(point));
  if (wrong >= 0) {
    const { x, y } = fixedCommitments[wrong];
    return { message: `commitment ${wrong} is not a point of BN254`, expected: "y^2 = x^3 + 3", got: `(${x}, ${y})` };
  }
  const [xc1, xc0, yc1, yc0] = tauG2;
  const tau = bn254.G2.Point.fromAffine({ x: { c0: xc0, c1: xc1 }, y: { c0: yc0, c1: yc1 } });
  const got = `${tauG2}`;
  if (!isValid(tau))
    return { message: "[tau]_2 is not a point of the second group", expected: "a point of order r", got };
  if (tau.is0() || tau.equals(bn254.G2.Point.BASE))
    return { message: "[tau]_2 is degenerate", expected: "tau other than 0 and 1", got };
  return undefined;
}

function isOnCurve({ x, y }: AffinePoint): boolean {
  if (x === 0n && y === 0n) return true;
  try {
    return isValid(bn254.G1.Point.fromAffine({ x, y }));
  } catch {
    return false;
  }
}

function isValid(point: { assertValidity(): void }): boolean {
  try {
    point.assertValidity();
    return true;
  } catch {
    return false;
  }
}
