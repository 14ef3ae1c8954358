/**
 * The story the demo tells, step by step: compile a trained network, deploy its verifier and a vault that it unlocks, ask for an
 * inference on chain, let the daemon prove and settle it, look at the vault.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, bytesToHex, type Hex, parseEther, parseEventLogs } from "viem";
import { loadArtifact } from "../../api/artifact.ts";
import { registerModel, waitForSettlement } from "../../api/client.ts";
import { compileModel } from "../../api/compile.ts";
import { inputTensors, samplesOf } from "../../api/input-file.ts";
import { packInput, unpackOutput } from "../../api/prover.ts";
import { buildVerifier } from "../../api/verifier.ts";
import { digitVaultAbi } from "../../contracts/abi/digit-vault.gen.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { statementLength } from "../../core/statement.ts";
import { requireClone } from "../contracts.ts";
import { type LocalChain, startLocalChain } from "../local-chain.ts";
import { runDaemon } from "./daemon.ts";

export const DEMO_MODELS = ["lenet5", "digits_mlp", "digits_cnn"] as const;
export type DemoModel = (typeof DEMO_MODELS)[number];

export interface DemoOptions {
  readonly model: DemoModel;
  readonly projectRoot: string;
  /** An empty folder for the artifact and the daemon's store. */
  readonly workspace: string;
  readonly progress: (line: string) => void;
}

export interface DemoSummary {
  readonly settled: boolean;
  readonly model: string;
  readonly proveMs: number;
  readonly proofBytes: number;
  readonly gasUsed: number;
  readonly callbackOk: boolean;
}

const DEPLOYER = 0;
const PLAYER = 1;
const PROVER = 2;

export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const { model, projectRoot, workspace, progress } = options;
  const modelFolder = join(projectRoot, "examples", "models", model);
  const artifactFolder = join(workspace, model);

  await requireClone(projectRoot, "demo");
  progress(`1. compiling ${model}: ONNX to integer program to circuit`);
  const compiled = await compileModel({
    model: join(modelFolder, "model.onnx"),
    calibration: join(modelFolder, "calibration.json"),
    samples: join(modelFolder, "samples.json"),
    output: artifactFolder,
  });
  progress(
    `   float accuracy ${percent(compiled.accuracyFloat)}, integer accuracy ${percent(compiled.accuracyInteger)}`,
  );

  progress("2. starting a local chain; deploying registry, market and the model's generated verifier");
  const chain = await startLocalChain(projectRoot);
  try {
    const artifact = await loadArtifact(artifactFolder);
    const { circuit, verifyingKey } = artifact;
    const verifier = await buildVerifier(artifact);
    const { address: verifierAddress } = await chain.deployCode(verifier.abi, verifier.bytecode);
    const registry = await chain.deploy("ModelRegistry", []);
    const market = await chain.deploy("RequestMarket", [registry, chain.account(DEPLOYER).address]);
    const modelId = await registerModel(clients(chain, DEPLOYER), {
      registry,
      verifier: verifierAddress,
      vkDigest: bytesToHex(verifyingKey.digest),
      inputBytes: statementLength(circuit.inputs),
      outputBytes: statementLength(circuit.outputs),
    });
    progress(`   verifier ${verifierAddress}: ${verifier.runtimeBytes} bytes of code`);

    const { sample, digit } = await pickSample(join(modelFolder, "samples.json"));
    const vault = await chain.deploy(
      "DigitVault",
      [market, modelId, circuit.outputs[0].elementBytes, `0x0${digit}`],
      parseEther("1"),
    );
    progress(`3. a vault holding 1 ether opens for an image that the network reads as ${digit}`);

    const daemon = await runDaemon({
      chain,
      market,
      artifactFolder,
      store: join(workspace, "daemon"),
      proverIndex: PROVER,
    });
    try {
      const input = bytesToHex(packInput(artifact, inputTensors(sample, circuit)));
      const requestId = await attempt(chain, vault, market, input);
      progress(`4. the player asked the vault to look at an image: request ${requestId}`);
      const settlement = await waitForSettlement(chain.publicClient, market, requestId, {
        timeoutMs: 180_000,
        pollMs: 100,
      });
      const { proveMs, proofBytes } = await daemon.proofFigures(requestId, settlement.transactionHash);
      const logits = unpackOutput(artifact, Buffer.from(settlement.output.slice(2), "hex"))[0];
      progress(
        `5. settled on chain: the network read ${logits.indexOf(Math.max(...logits))}; the prover earned ${settlement.paidWei} wei`,
      );
      const unlockedBy = await chain.publicClient.readContract({
        address: vault,
        abi: digitVaultAbi,
        functionName: "unlockedBy",
      });
      const opened = unlockedBy === chain.account(PLAYER).address;
      progress(`6. the vault is ${opened ? "open for the player" : "still closed"}`);
      return {
        settled: true,
        model,
        proveMs,
        proofBytes,
        gasUsed: Number(settlement.gasUsed),
        callbackOk: settlement.callbackOk === true && opened,
      };
    } finally {
      await daemon.stop();
    }
  } finally {
    await chain.close();
  }
}

const percent = (fraction: number): string => `${(100 * fraction).toFixed(1)}%`;

function clients(chain: LocalChain, index: number) {
  return { publicClient: chain.publicClient, wallet: chain.wallet(index) };
}

/** The first sample whose label is not zero. */
async function pickSample(path: string): Promise<{ sample: unknown; digit: number }> {
  const file = JSON.parse(await readFile(path, "utf8")) as { labels: number[] };
  const index = file.labels.findIndex((label) => label > 0);
  return { sample: samplesOf(file)?.[index], digit: file.labels[index] };
}

async function attempt(chain: LocalChain, vault: Address, market: Address, image: Hex): Promise<Hex> {
  const hash = await chain.wallet(PLAYER).writeContract({
    address: vault,
    abi: digitVaultAbi,
    functionName: "attempt",
    args: [image],
    value: parseEther("0.01"),
  });
  const { logs } = await chain.publicClient.waitForTransactionReceipt({ hash });
  const own = logs.filter((log) => log.address.toLowerCase() === market.toLowerCase());
  const [event] = parseEventLogs({ abi: requestMarketAbi, logs: own, eventName: "RequestSubmitted" });
  return event.args.requestId;
}
