/**
 * A powers-of-tau string made on the spot, for development chains.
 *
 * Soundness   whoever ran this knew tau for a moment and could forge any proof. The string is marked insecure, the mark is in its
 *             digest, and through it in every verifying key made with it.
 */
import { bn254 } from "@noble/curves/bn254.js";
import type { Srs } from "../core/srs/format.ts";
import { checkCount } from "../core/srs/format.ts";
import type { Engine } from "../kernels/engine.ts";
import { randomScalar } from "./check.ts";

/** The largest string `powersOfTau` is meant for. */
const MAX_COUNT = 2 ** 24;

export function createDevelopmentSrs(engine: Engine, count: number): Srs {
  checkCount(count, MAX_COUNT);
  const tau = randomScalar();
  const { x, y } = bn254.G2.Point.BASE.multiply(tau).toAffine();
  return {
    count,
    g1: engine.powersOfTau(tau, count),
    tauG2: [x.c1, x.c0, y.c1, y.c0],
    insecure: true,
    description: "development string, not from a ceremony",
  };
}
