/**
 * What zero knowledge costs: the gas of the masks' weights in a verifier, and the processor time of proofs with masks by that of proofs
 * without, made in turns on one thread.
 *
 *     node scripts/zero-knowledge-cost.ts [--runs N] [MODEL ...]
 *
 * MODEL is a folder of examples/models.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readInput } from "../api/input-file.ts";
import { packInput } from "../api/prover.ts";
import { compile } from "../compiler/compile.ts";
import { layoutOf } from "../core/layout.ts";
import { unpackTensors } from "../core/packing.ts";
import { createEngine } from "../prover/engine.ts";
import { prove } from "../prover/prove.ts";
import { type ProvingKey, setup } from "../prover/setup.ts";
import { createDevelopmentSrs } from "../srs/development.ts";
import { maskGas } from "./lib/mask-gas.ts";

const models = fileURLToPath(new URL("../examples/models/", import.meta.url));
const { values, positionals } = parseArgs({
  options: { runs: { type: "string", default: "8" } },
  allowPositionals: true,
});
const runs = Number(values.runs);

function cpuMs(act: () => void): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

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
    const samples = join(models, model, "calibration.json");
    const calibration = JSON.parse(readFileSync(samples, "utf8"));
    const { circuit } = compile(readFileSync(join(models, model, "model.onnx")), { name: model, calibration });
    const key = setup(engine, circuit, createDevelopmentSrs(engine, layoutOf(circuit).srsCount));
    const input = unpackTensors(circuit.inputs, packInput({ circuit }, await readInput(samples, circuit)));
    const { on, off } = proofTimes(key, input);
    const { gas, executionGas } = maskGas(circuit);
    const figures = [on.toFixed(0), off.toFixed(0), (on / off).toFixed(3), `${gas}`, `${executionGas}`];
    console.log(`${model.padEnd(20)}  ${figures.map((figure) => figure.padStart(10)).join("  ")}`);
  }
} finally {
  await engine.close();
}
