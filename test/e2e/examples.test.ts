/** The worked examples as their readers run them: processes of their own, against a chain with a market, a model and a vault. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Address, bytesToHex, type Hex, hexToBytes, keccak256, parseEther, parseEventLogs, zeroHash } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { registerModel, type Settlement, settle } from "../../api/client.ts";
import { compileModel } from "../../api/compile.ts";
import { estimateCost } from "../../api/estimate.ts";
import { readInput } from "../../api/input-file.ts";
import { type ModelProver, openProver, unpackOutput } from "../../api/prover.ts";
import { contextOf } from "../../api/statement.ts";
import { buildVerifier } from "../../api/verifier.ts";
import { type LocalChain, startLocalChain } from "../../cli/local-chain.ts";
import { digitVaultAbi } from "../../contracts/abi/digit-vault.gen.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { packedLength } from "../../core/packing.ts";
import { root } from "../support/source-tree.ts";

const DEPLOYER = 0;
const PROVER = 1;
const MODEL = join(root, "examples/models/digits_mlp");
const execute = promisify(execFile);

describe.each([
  { example: "dapp-viem", sample: 3, player: 2 },
  { example: "dapp-ethers", sample: 5, player: 3 },
])("$example", ({ example, sample, player }) => {
  test("asks the market, waits, and prints real numbers", async () => {
    const { answer, gasUsed } = await withSettler(() => run(example, sample, player));
    expect(answer.prover).toBe(chain.account(PROVER).address);
    expect(answer.callbackOk).toBeNull();
    expect(answer.outputs).toEqual(await expectedOutputs(sample));
    // The first settlement also pays for the prover's first balance, about 17,000 gas.
    const estimate = estimateCost(prover.artifact.circuit).gasUsed;
    expect(Math.abs(Number(gasUsed) / estimate - 1)).toBeLessThan(0.1);
  });

  test("asks through a vault, which the answer opens", async () => {
    const [logits] = await expectedOutputs(sample);
    const vault = await deployVault(logits.indexOf(Math.max(...logits)));
    const { answer } = await withSettler(() => run(example, sample, player, "--vault", vault));
    expect(answer.callbackOk).toBe(true);
    const unlockedBy = await chain.publicClient.readContract({
      address: vault,
      abi: digitVaultAbi,
      functionName: "unlockedBy",
    });
    expect(unlockedBy).toBe(chain.account(player).address);
  });
});

let workspace: string;
let chain: LocalChain;
let prover: ModelProver;
let market: Address;
let modelId: Hex;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "gavel-examples-"));
  await compileModel({
    model: join(MODEL, "model.onnx"),
    calibration: join(MODEL, "calibration.json"),
    output: join(workspace, "digits_mlp"),
  });
  prover = await openProver(join(workspace, "digits_mlp"));
  chain = await startLocalChain(root);
  const { circuit, verifyingKey } = prover.artifact;
  const { abi, bytecode } = await buildVerifier(prover.artifact);
  const registry = await chain.deploy("ModelRegistry", []);
  market = await chain.deploy("RequestMarket", [registry, chain.account(DEPLOYER).address]);
  modelId = await registerModel(clients(DEPLOYER), {
    registry,
    verifier: (await chain.deployCode(abi, bytecode)).address,
    vkDigest: bytesToHex(verifyingKey.digest),
    inputBytes: packedLength(circuit.inputs),
    outputBytes: packedLength(circuit.outputs),
  });
});
afterAll(async () => {
  await prover?.close();
  await chain?.close();
  await rm(workspace, { recursive: true, force: true });
});

const clients = (index: number) => ({ publicClient: chain.publicClient, wallet: chain.wallet(index) });

function deployVault(digit: number): Promise<Address> {
  const { elementBytes } = prover.artifact.circuit.outputs[0];
  return chain.deploy("DigitVault", [market, modelId, elementBytes, `0x0${digit}`], parseEther("1"));
}

async function expectedOutputs(sample: number): Promise<number[][]> {
  const { circuit } = prover.artifact;
  const { output } = prover.run(prover.pack(await readInput(join(MODEL, "samples.json"), circuit, sample)));
  return unpackOutput(prover.artifact, output, "packed").map((tensor) => Array.from(tensor));
}

interface Answer {
  readonly requestId: Hex;
  readonly prover: Address;
  readonly callbackOk: boolean | null;
  readonly outputs: number[][];
}

/** Runs an example with the key of account `player`; the answer is the last line it prints. */
async function run(example: string, sample: number, player: number, ...more: string[]): Promise<Answer> {
  const key = bytesToHex(chain.account(player).getHdKey().privateKey as Uint8Array);
  const args = [
    "--rpc",
    chain.url,
    "--market",
    market,
    "--model",
    modelId,
    "--artifact",
    join(workspace, "digits_mlp"),
  ];
  const input = ["--input", join(MODEL, "samples.json"), "--sample", String(sample), "--timeout-seconds", "240"];
  const { stdout } = await execute(
    process.execPath,
    [join(root, "examples", example, "request.ts"), ...args, ...input, ...more],
    { env: { PATH: process.env.PATH, GAVEL_PRIVATE_KEY: key }, timeout: 300_000 },
  );
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) as string);
}

/** Settles the next request on the market while an example runs. */
async function withSettler(work: () => Promise<Answer>): Promise<{ answer: Answer; gasUsed: bigint | undefined }> {
  const fromBlock = (await chain.publicClient.getBlockNumber()) + 1n;
  const abort = new AbortController();
  const running = work().finally(() => abort.abort());
  const [answer, settlement] = await Promise.all([running, settleNext(fromBlock, abort.signal)]);
  return { answer, gasUsed: settlement?.gasUsed };
}

async function settleNext(fromBlock: bigint, signal: AbortSignal): Promise<Settlement | undefined> {
  while (!signal.aborted) {
    const logs = await chain.publicClient.getLogs({ address: market, fromBlock });
    const [submitted] = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "RequestSubmitted" });
    if (submitted) {
      const { requestId, input, ...terms } = submitted.args;
      const binding = { chainId: 31337, market, requestId, prover: chain.account(PROVER).address };
      const proof = prover.prove(hexToBytes(input), contextOf(binding));
      return settle(clients(PROVER), market, {
        requestId,
        terms: { ...terms, optionsHash: zeroHash, inputHash: keccak256(input) },
        input,
        output: bytesToHex(proof.output),
        proof: bytesToHex(proof.proof),
        prover: binding.prover,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}
