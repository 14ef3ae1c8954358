/**
 * What a verifying key must satisfy before it becomes a contract: its points are on their curves and none is a degenerate one that
 * would make a check vacuous (infinity, [tau]_2 = [1]_2).
 */
import { bn254 } from "@noble/curves/bn254.js";
import { layoutOf } from "../core/layout.ts";
import type { AffinePoint, VerifyingKey } from "../core/verifying-key.ts";
import { KeyError } from "./errors.ts";

export function checkKey(key: VerifyingKey): void {
  const { fixedColumns } = layoutOf(key.circuit);
  if (key.fixedCommitments.length !== fixedColumns) {
    fail(
      "the verifying key has the wrong number of commitments",
      `${fixedColumns} fixed columns`,
      `${key.fixedCommitments.length}`,
    );
  }
  key.fixedCommitments.forEach((point, i) => {
    if (!isOnCurve(point))
      fail(`commitment ${i} is not a point of BN254 other than infinity`, "y^2 = x^3 + 3", `(${point.x}, ${point.y})`);
  });
  const [xc1, xc0, yc1, yc0] = key.tauG2;
  const tau = bn254.G2.Point.fromAffine({ x: { c0: xc0, c1: xc1 }, y: { c0: yc0, c1: yc1 } });
  try {
    tau.assertValidity();
  } catch (cause) {
    fail("[tau]_2 is not a point of the second group", "a point of order r", `${key.tauG2}`, cause);
  }
  if (tau.is0() || tau.equals(bn254.G2.Point.BASE))
    fail("[tau]_2 is degenerate", "tau other than 0 and 1", `${key.tauG2}`);
}

function isOnCurve({ x, y }: AffinePoint): boolean {
  if (x === 0n && y === 0n) return false;
  try {
    bn254.G1.Point.fromAffine({ x, y }).assertValidity();
    return true;
  } catch {
    return false;
  }
}

function fail(message: string, expected: string, got: string, cause?: unknown): never {
  throw new KeyError(message, { expected, got, remedy: "run setup again with a checked SRS", cause });
}
