/** checkSrs with the engine's multi-scalar multiplication and the platform's randomness. */
import { fromBytes, mod } from "../core/field.ts";
import { checkSrs } from "../core/srs/check.ts";
import type { Srs } from "../core/srs/format.ts";
import { G1_BYTES } from "../core/srs/format.ts";
import type { Engine } from "../kernels/engine.ts";

export function checkSrsWithEngine(engine: Engine, srs: Srs): void {
  checkSrs(srs, {
    rho: randomScalar(),
    combine(records, rho) {
      const mark = engine.mark();
      try {
        const powers = engine.frVec(records.length / G1_BYTES);
        engine.powers(powers, rho);
        return engine.msm(engine.points(records), powers);
      } finally {
        engine.release(mark);
      }
    },
  });
}

/** Uniform in [1, r) up to a bias of 2^-130. */
export function randomScalar(): bigint {
  for (;;) {
    const scalar = mod(fromBytes(crypto.getRandomValues(new Uint8Array(48))));
    if (scalar !== 0n) return scalar;
  }
}
