/**
 * What zero knowledge costs: the gas of the masks' weights in a verifier, and the processor time of proofs with masks by that of proofs
 * without, made in turns on one thread.
 *
 *     node scripts/zero-knowledge-cost.ts [--runs N] [MODEL ...]
 *
 * MODEL is a folder of examples/models.
 */
import { parseArgs } from "node:util";
import { createEngine } from "../prover/engine.ts";
import { prove } from "../prover/prove.ts";
import type { ProvingKey } from "../prover/setup.ts";
import { cpuMs } from "./lib/cpu-time.ts";
import { exampleModel } from "./lib/example-model.ts";
import { maskGas } from "./lib/mask-gas.ts";

const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "8" } },
  allowPositionals: true,
});
const runs = Number(values.runs);

/** The least of several proofs of each kind, the first of each not counted. */
function proofTimes(key: ProvingKey, input: readonly ArrayLike<number>[]): { on: number; off: number } {
  const least = { on: Number.POSITIVE_INFINITY, off: Number.POSITIVE_INFINITY };
  for (let run = 0; run <= runs; run++) {
    for (const zeroKnowledge of [true, false]) {
      const time = cpuMs(() => prove(key, input, new Uint8Array(32), { zeroKnowledge }));
      const kind = zeroKnowledge ? "on" : "off";
      if (run > 0) least[kind] = Math.min(least[kind], time);
    }
  }
  return least;
}

const engine = await createEngine({ threads: 1 });
try {
  console.log("model                 cpu ms on    cpu ms off    time    gas of masks    of verify");
  for (const model of positionals.length > 0 ? positionals : ["digits_mlp", "lenet5", "digits_transformer"]) {
    const { circuit, key, input } = await exampleModel(engine, model);
    const { on, off } = proofTimes(key, input);
    const { gas, executionGas } = maskGas(circuit);
    const figures = [on.toFixed(0), off.toFixed(0), (on / off).toFixed(3), `${gas}`, `${executionGas}`];
    console.log(`${model.padEnd(20)}  ${figures.map((figure) => figure.padStart(10)).join("  ")}`);
  }
} finally {
  await engine.close();
}
