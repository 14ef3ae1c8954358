/** Keys and proofs of test circuits, made with a known tau. */
import { bn254 } from "@noble/curves/bn254.js";
import type { Circuit } from "../../core/circuit.ts";
import { layoutOf } from "../../core/layout.ts";
import type { TauG2 } from "../../core/verifying-key.ts";
import type { Engine } from "../../kernels/engine.ts";
import { type ProvingKey, setup } from "../../prover/setup.ts";

/** Everybody knows it: for tests. */
export const TEST_TAU = 0x1f2e3d4c5b6a79881f2e3d4c5b6a7988n;

/** Blinding cells of private weights are drawn unless they are given. */
export function testKey(
  engine: Engine,
  circuit: Circuit,
  secret = TEST_TAU,
  weightBlindings?: readonly bigint[],
  manyProofs = false,
): ProvingKey {
  const count = layoutOf(circuit).srsCount;
  const tau = bn254.G2.Point.BASE.multiply(secret).toAffine();
  const tauG2: TauG2 = [tau.x.c1, tau.x.c0, tau.y.c1, tau.y.c0];
  return setup(
    engine,
    circuit,
    { count, g1: engine.powersOfTau(secret, count), tauG2, insecure: true },
    undefined,
    weightBlindings,
    manyProofs,
  );
}
