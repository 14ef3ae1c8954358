/** `gavel deploy` and `gavel request` on a chain: the way through, and what a slip of the pen is told. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileModel } from "../../../api/compile.ts";
import { type LocalChain, startLocalChain } from "../../../cli/local-chain.ts";
import { explainOutsideError } from "../../../cli/outside-errors.ts";
import { buildProgram } from "../../../cli/program.ts";
import { root } from "../../support/source-tree.ts";
import { captureStreams } from "../../support/streams.ts";

const MODEL = join(root, "examples/models/digits_mlp");
const NOWHERE = "0x000000000000000000000000000000000000dEaD";

let folder: string;
let chain: LocalChain;
let env: NodeJS.ProcessEnv;
let deployed: { registry: string; market: string; modelId: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-request-"));
  const model = join(MODEL, "model.onnx");
  const calibration = join(MODEL, "calibration.json");
  await compileModel({ model, calibration, output: join(folder, "open") });
  await compileModel({ model, calibration, output: join(folder, "other"), activationBits: 7 });
  await compileModel({ model, calibration, output: join(folder, "hidden"), inputVisibility: "committed" });
  chain = await startLocalChain(root);
  env = { GAVEL_PRIVATE_KEY: bytesToHex(chain.account(1).getHdKey().privateKey as Uint8Array) };
  const { registry, market } = await gavel("deploy", "market");
  const { modelId } = await gavel("deploy", "model", join(folder, "open"), "--registry", registry);
  deployed = { registry, market, modelId };
});
afterAll(async () => {
  await chain?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs `gavel ...args --json` against the chain; the answer, or the error as the command line shows it. */
async function gavel(...args: string[]): Promise<Record<string, string>> {
  const streams = captureStreams();
  const program = await buildProgram([...args, "--rpc", chain.url, "--json"], {
    env,
    projectRoot: root,
    version: "0.0.0",
    streams,
  });
  await program.run().catch((error: unknown) => {
    throw explainOutsideError(error);
  });
  return JSON.parse(streams.text().stdout.trimEnd().split("\n").at(-1) as string);
}

interface Terms {
  artifact?: string;
  market?: string;
  model?: string;
  fee?: string;
  more?: string[];
}

function request({ artifact = "open", market, model, fee = "0.01", more = [] }: Terms = {}) {
  const terms = ["--market", market ?? deployed.market, "--model", model ?? deployed.modelId, "--fee", fee];
  return gavel("request", join(folder, artifact), ...terms, "--input", join(MODEL, "samples.json"), ...more);
}

test("a request is opened with the packed input of the sample", async () => {
  expect(await request()).toMatchObject({ requestId: expect.stringMatching(/^0x[0-9a-f]{64}$/) });
});

describe("refused before a transaction is sent", () => {
  test.each<[string, Terms, object]>([
    ["an artifact of another key", { artifact: "other" }, { name: "Cli.OptionError", got: expect.any(String) }],
    ["a hidden input", { artifact: "hidden" }, { name: "Cli.OptionError", got: "committed" }],
    ["an unknown model", { model: `0x${"11".repeat(32)}` }, { got: expect.stringContaining("UnknownModel(0x1111") }],
    ["an address without market", { market: NOWHERE }, { name: "Cli.ChainError", retryable: false }],
    ["a fee that is no number", { fee: "a lot" }, { name: "Cli.OptionError", got: "a lot" }],
    ["a negative fee", { fee: "-1" }, { name: "Cli.OptionError", got: "-1" }],
    ["gas without a callback", { more: ["--callback-gas", "100000"] }, { name: "Cli.OptionError" }],
    ["a callback without gas", { more: ["--callback", NOWHERE] }, { name: "Cli.OptionError" }],
    [
      "a far deadline",
      { more: ["--deadline-seconds", "99999999"] },
      { got: expect.stringContaining("DeadlineTooFar(") },
    ],
    ["more than there is", { fee: "99999999" }, { got: expect.stringMatching(/balance|funds/i) }],
  ])("%s", async (_name, terms, expected) => {
    const before = await chain.publicClient.getBlockNumber();
    await expect(request(terms)).rejects.toMatchObject(expected);
    expect(await chain.publicClient.getBlockNumber()).toBe(before);
  });

  test("a verifier for a registry that is none", async () => {
    const before = await chain.publicClient.getBlockNumber();
    const deploying = gavel("deploy", "model", join(folder, "open"), "--registry", NOWHERE);
    await expect(deploying).rejects.toMatchObject({ name: "Cli.ChainError", retryable: false });
    expect(await chain.publicClient.getBlockNumber()).toBe(before);
  });
});
