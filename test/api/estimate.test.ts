/** Estimates beside what one proof in a process of its own takes. Times are compared in `gavel bench` alone. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bytesToHex, hexToBytes, zeroAddress, zeroHash } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadArtifact } from "../../api/artifact.ts";
import { compileModel } from "../../api/compile.ts";
import { ESTIMATED_THREADS, estimateCost } from "../../api/estimate.ts";
import { inputTensors, samplesOf } from "../../api/input-file.ts";
import { openProver, packInput } from "../../api/prover.ts";
import { settleCalldata } from "../../daemon/sending/calls.ts";
import { buildModel } from "../compiler/support/onnx.ts";
import { floats, random } from "../compiler/support/random.ts";
import { root } from "../support/source-tree.ts";

const execute = promisify(execFile);
const MEMORY_FACTOR = 1.5;
const SEED = 7623;
/** How many bytes of a tensor are zero is not known before. */
const FLOOR_FACTOR = 1.25;

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

test("the least that calldata costs is what a settlement with wide public tensors pays", async () => {
  const [model, calibration, output] = ["wide.onnx", "wide.json", "wide"].map((name) => join(workspace, name));
  const input = floats(random(SEED), 6000, -1, 1);
  await writeFile(model, buildModel({ inputs: { x: [1, 6000] }, nodes: [{ op: "Neg", inputs: ["x"] }] }));
  await writeFile(calibration, JSON.stringify({ inputs: [[input]] }));
  await compileModel({ model, calibration, output });
  const prover = await openProver(output, { threads: 1 });
  try {
    const { circuit } = prover.artifact;
    const packed = packInput(prover.artifact, inputTensors([input], circuit));
    const proof = prover.prove(packed, new Uint8Array(32));
    const request = {
      requester: zeroAddress,
      modelId: zeroHash,
      optionsHash: zeroHash,
      inputHash: zeroHash,
      refundee: zeroAddress,
      callback: zeroAddress,
      callbackGasLimit: 0,
      deadline: 0,
      fee: 0n,
    };
    const [bytes, answer, proofBytes] = [packed, proof.output, proof.proof].map((value) => bytesToHex(value));
    const settlement = { requestId: zeroHash, request, prover: zeroAddress, options: "0x" } as const;
    const calldata = hexToBytes(settleCalldata({ ...settlement, input: bytes, output: answer, proof: proofBytes }));
    const floorGas = calldata.reduce((gas, byte) => gas + (byte === 0 ? 10 : 40), 21_000);
    const { gasUsed } = estimateCost(circuit);
    expect(gasUsed / floorGas).toBeGreaterThan(1 / FLOOR_FACTOR);
    expect(gasUsed / floorGas).toBeLessThan(FLOOR_FACTOR);
  } finally {
    await prover.close();
  }
});
