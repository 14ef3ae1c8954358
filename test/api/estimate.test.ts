/** Estimates beside what one proof in a process of its own takes. Times are compared in `gavel bench` alone. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadArtifact } from "../../api/artifact.ts";
import { compileModel } from "../../api/compile.ts";
import { ESTIMATED_THREADS, estimateCost } from "../../api/estimate.ts";
import { inputTensors, samplesOf } from "../../api/input-file.ts";
import { packInput } from "../../api/prover.ts";
import { root } from "../support/source-tree.ts";

const execute = promisify(execFile);
const MEMORY_FACTOR = 1.5;

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "gavel-estimate-"));
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

test("memory is estimated within a factor of 1.5, proof bytes exactly", { timeout: 300_000 }, async () => {
  const model = join(root, "examples/models/digits_mlp");
  const [calibration, output] = [join(model, "calibration.json"), join(workspace, "digits_mlp")];
  await compileModel({ model: join(model, "model.onnx"), calibration, output });
  const artifact = await loadArtifact(output);
  const [sample] = samplesOf(JSON.parse(await readFile(join(model, "samples.json"), "utf8"))) as unknown[];
  const inputFile = join(workspace, "input.bin");
  await writeFile(inputFile, packInput(artifact, inputTensors(sample, artifact.circuit)));
  const script = join(root, "cli/bench/measure.ts");
  const { stdout } = await execute(process.execPath, [
    script,
    output,
    inputFile,
    `${ESTIMATED_THREADS}`,
    "1",
    "1",
    "0",
  ]);
  const { peakRssMb, proofBytes } = JSON.parse(stdout);
  const estimated = estimateCost(artifact.circuit);
  expect(estimated.proofBytes).toBe(proofBytes);
  expect(estimated.peakMemoryMb / peakRssMb).toBeGreaterThan(1 / MEMORY_FACTOR);
  expect(estimated.peakMemoryMb / peakRssMb).toBeLessThan(MEMORY_FACTOR);
});
