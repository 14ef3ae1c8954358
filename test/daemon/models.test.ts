/** Which artifacts a daemon takes. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { saveArtifact } from "../../api/artifact.ts";
import type { Circuit } from "../../core/circuit.ts";
import { layoutOf } from "../../core/layout.ts";
import { loadModels } from "../../daemon/jobs/models.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { setup } from "../../prover/setup.ts";
import { createDevelopmentSrs } from "../../srs/development.ts";
import { tinyCircuit, veiledCircuit } from "../support/circuits.ts";

const MARKET = `0x${"11".repeat(20)}` as const;

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
  folder = await mkdtemp(join(tmpdir(), "gavel-models-"));
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true });
});

async function artifactOf(circuit: Circuit): Promise<string> {
  const path = join(folder, circuit.name);
  const srs = createDevelopmentSrs(engine, layoutOf(circuit).srsCount);
  const { verifyingKey, weightBlindings } = setup(engine, circuit, srs);
  await saveArtifact(path, verifyingKey, srs, {}, weightBlindings);
  return path;
}

test("models with public inputs, whatever their outputs and weights", async () => {
  const { supported } = await loadModels([await artifactOf(tinyCircuit())], MARKET);
  expect(supported.map(({ inputBytes, outputBytes }) => [inputBytes, outputBytes])).toEqual([[3, 2]]);
});

test("not a model whose input a request does not show", async () => {
  const artifact = await artifactOf(veiledCircuit());
  await expect(loadModels([artifact], MARKET)).rejects.toMatchObject({ name: "Daemon.ConfigError" });
});
