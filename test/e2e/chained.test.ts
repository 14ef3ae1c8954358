/** The worked example of two models in a row, as its reader runs it: compiled by the command line, proven and settled on a chain. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Address, bytesToHex, type Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Artifact, loadArtifact } from "../../api/artifact.ts";
import { registerModel } from "../../api/client.ts";
import { compileModel } from "../../api/compile.ts";
import { buildVerifier } from "../../api/verifier.ts";
import { type LocalChain, startLocalChain } from "../../cli/local-chain.ts";
import { statementLength } from "../../core/statement.ts";
import { root } from "../support/source-tree.ts";

const CHAINED = join(root, "examples/chained");
const DIGITS = join(root, "examples/models/digits_mlp");
const SAMPLES = join(DIGITS, "samples.json");
const SAMPLE = 3;

let workspace: string;
let features: string;
let digit: string;
let label: number;

const gavel = (...args: string[]) => promisify(execFile)(process.execPath, [join(root, "cli/main.ts"), ...args]);
const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "gavel-chained-"));
  [features, digit] = ["features", "digit"].map((name) => join(workspace, name));
  await compileModel({
    model: join(CHAINED, "features/model.onnx"),
    calibration: join(DIGITS, "calibration.json"),
    inputVisibility: "committed",
    outputVisibility: "committed",
    output: features,
  });
  const calibration = ["--calibration", join(CHAINED, "digit/calibration.json"), "--input-visibility", "committed"];
  await gavel("compile", join(CHAINED, "digit/model.onnx"), ...calibration, "--after", features, "-o", digit);
  label = (await readJson(SAMPLES)).labels[SAMPLE];
}, 300_000);
afterAll(() => rm(workspace, { recursive: true, force: true }));

test("the second model's input has the scale and the range of the first one's output", async () => {
  const [before, after] = await Promise.all([loadArtifact(features), loadArtifact(digit)]);
  const [output, input] = [before.circuit.outputs[0], after.circuit.inputs[0]];
  expect(input.scale).toBe(output.scale);
  const { lo, hi } = before.circuit.tables[output.table];
  const read = after.circuit.tables[input.table];
  expect(read.lo).toBeLessThanOrEqual(output.block === "q" ? lo : 0);
  expect(read.hi).toBeGreaterThanOrEqual(output.block === "q" ? hi : 0);
  expect(after.verifyingKey.tauG2).toEqual(before.verifyingKey.tauG2);
});

test("a file of secrets hands the output on, commitment included", async () => {
  const [first, second, secrets] = ["first.json", "second.json", "secrets.json"].map((name) => join(workspace, name));
  const input = ["--input", SAMPLES, "--sample", `${SAMPLE}`];
  await gavel("prove", features, ...input, "--secrets", secrets, "-o", first);
  await gavel("prove", digit, "--input-from", secrets, "-o", second);
  await gavel("verify", digit, second);
  expect((await readJson(second)).input).toBe((await readJson(first)).output);
}, 300_000);

test("a market settles both, and the commitment of the one is that of the other", async () => {
  const chain = await startLocalChain(root);
  try {
    const registry = await chain.deploy("ModelRegistry", []);
    const market = await chain.deploy("RequestMarket", [registry, chain.account(0).address]);
    const key = bytesToHex(chain.account(2).getHdKey().privateKey as Uint8Array);
    const register = async (folder: string) => registered(chain, registry, await loadArtifact(folder));
    const args = ["--rpc", chain.url, "--market", market, "--input", SAMPLES, "--sample", `${SAMPLE}`];
    const models = ["--features-model", await register(features), "--digit-model", await register(digit)];
    const artifacts = ["--features-artifact", features, "--digit-artifact", digit];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(CHAINED, "settle.ts"), ...args, ...models, ...artifacts],
      { env: { PATH: process.env.PATH, GAVEL_PRIVATE_KEY: key } },
    );
    const answer = JSON.parse(stdout.trimEnd().split("\n").at(-1) as string);
    expect(answer.features).toHaveLength(2 + 2 * 64);
    expect(answer.readFeatures).toBe(answer.features);
    expect(answer.digit).toBe(label);
  } finally {
    await chain.close();
  }
}, 300_000);

async function registered(chain: LocalChain, registry: Address, artifact: Artifact): Promise<Hex> {
  const { circuit, verifyingKey } = artifact;
  const { abi, bytecode } = await buildVerifier(artifact);
  return registerModel(
    { publicClient: chain.publicClient, wallet: chain.wallet(0) },
    {
      registry,
      verifier: (await chain.deployCode(abi, bytecode)).address,
      vkDigest: bytesToHex(verifyingKey.digest),
      inputBytes: statementLength(circuit.inputs),
      outputBytes: statementLength(circuit.outputs),
    },
  );
}
