/** Benchmarks of whole proofs: compile, prove in processes of their own, settle on a local chain. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Address, bytesToHex, type Hex } from "viem";
import { loadArtifact } from "../../api/artifact.ts";
import { registerModel, requestInference, settle } from "../../api/client.ts";
import { compileModel } from "../../api/compile.ts";
import { type CostEstimate, ESTIMATED_THREADS, estimateCost } from "../../api/estimate.ts";
import { inputTensors, samplesOf } from "../../api/input-file.ts";
import { type LayoutChoice, layoutLabel, layoutOptions } from "../../api/layout-plan.ts";
import { openProver, packInput } from "../../api/prover.ts";
import { contextOf } from "../../api/statement.ts";
import { chooseVerifier, deployVerifier } from "../../api/verifier.ts";
import { statementLength } from "../../core/statement.ts";
import { type ProvingWork, provingWork } from "../../prover/work.ts";
import { type LocalChain, startLocalChain } from "../local-chain.ts";
import { type TaskAccuracy, taskAccuracy } from "./accuracy.ts";
import { findModel } from "./models.ts";

const measureScript = fileURLToPath(new URL("measure.ts", import.meta.url));
const execute = promisify(execFile);

export const LAYOUT_SELECTIONS = ["chosen", "curve", "all"] as const;
export type LayoutSelection = (typeof LAYOUT_SELECTIONS)[number];

export interface BenchOptions {
  readonly models: readonly string[];
  /** Inferences in one proof. */
  readonly batches: readonly number[];
  readonly threads: readonly number[];
  readonly zk: readonly boolean[];
  readonly runs: number;
  /** The chosen one, also those that no other beats in gas and time, or all that are weighed. */
  readonly layouts: LayoutSelection;
  readonly revectorize?: boolean;
  readonly projectRoot: string;
  readonly progress: (line: string) => void;
  /** Called with all rows so far when a model is done: a long run that fails later has kept them. */
  readonly onRows?: (rows: readonly BenchRow[]) => Promise<void>;
}

export interface BenchRow {
  readonly model: string;
  readonly layout: string;
  readonly batch: number;
  readonly params: number;
  readonly macs: number;
  /** On the labelled samples; null where there are none. */
  readonly accuracy: TaskAccuracy | null;
  readonly zk: boolean;
  readonly threads: number;
  readonly compileMs: number;
  readonly setupMs: number;
  readonly witnessMs: number;
  readonly proveMs: number;
  /** Processor time of all threads, of the proof that took least: what other work on the machine disturbs least. */
  readonly cpuMs: number;
  readonly phasesMs: Readonly<Record<string, number>>;
  readonly verifyMs: number;
  readonly proofBytes: number;
  readonly gasUsed: number;
  readonly verifierBytes: number;
  readonly peakRssMb: number;
  /** What `gavel compile` and `gavel inspect` predict: two threads, zero knowledge on. */
  readonly estimated: Pick<CostEstimate, "proveMs" | "gasUsed" | "peakMemoryMb">;
  /** What the prediction of the time counts, for `scripts/fit-estimate.ts`. */
  readonly work: ProvingWork;
}

export async function runBench(options: BenchOptions): Promise<BenchRow[]> {
  const workspace = await mkdtemp(join(tmpdir(), "gavel-bench-"));
  const chain = await startLocalChain(options.projectRoot);
  try {
    const rows: BenchRow[] = [];
    for (const model of options.models) {
      for (const batch of options.batches) {
        rows.push(...(await benchModel({ model, batch }, join(workspace, `${model}-${batch}`), chain, options)));
        await options.onRows?.(rows);
      }
    }
    return rows;
  } finally {
    await chain.close();
    await rm(workspace, { recursive: true, force: true });
  }
}

async function benchModel(
  { model, batch }: Pick<BenchRow, "model" | "batch">,
  artifactFolder: string,
  chain: LocalChain,
  options: BenchOptions,
): Promise<BenchRow[]> {
  const { params, macs, ...paths } = await findModel(model, options.projectRoot, `${artifactFolder}-model`);
  options.progress(`${model}: compiling${batch === 1 ? "" : ` for batches of ${batch}`}`);
  const request = { ...paths, name: model, batch };
  const compiled = await compileModel({ ...request, output: artifactFolder });
  const rows: BenchRow[] = [];
  const isBenched = ({ isChosen, onCurve }: (typeof compiled.layouts)[number]): boolean =>
    isChosen || options.layouts === "all" || (options.layouts === "curve" && onCurve);
  for (const [index, layout] of compiled.layouts.entries()) {
    if (!isBenched(layout)) continue;
    const folder = layout.isChosen ? artifactFolder : `${artifactFolder}-${index}`;
    if (!layout.isChosen) await compileModel({ ...request, ...layoutOptions(layout), output: folder });
    const { compileMs } = compiled;
    const benched = { model, batch, params, macs, accuracy: taskAccuracy(compiled), layout, compileMs };
    rows.push(...(await benchArtifact(benched, paths.samples, folder, chain, options)));
  }
  return rows;
}

type Benched = Pick<BenchRow, "model" | "batch" | "params" | "macs" | "accuracy" | "compileMs"> & {
  readonly layout: LayoutChoice;
};

async function benchArtifact(
  { layout, ...benched }: Benched,
  samplesFile: string,
  artifactFolder: string,
  chain: LocalChain,
  options: BenchOptions,
): Promise<BenchRow[]> {
  const { model, batch } = benched;
  const artifact = await loadArtifact(artifactFolder);
  const samples = samplesOf(JSON.parse(await readFile(samplesFile, "utf8"))) as unknown[];
  const chosen = batch === 1 ? samples[0] : samples.slice(0, batch);
  const input = packInput(artifact, inputTensors(chosen, artifact.circuit));

  const inputFile = join(artifactFolder, "bench-input.bin");
  await writeFile(inputFile, input);

  options.progress(`${model}: settling on a local chain`);
  const { gasUsed, verifierBytes } = await settlementGas(artifactFolder, input, chain);
  const { proveMs, peakMemoryMb, ...predicted } = estimateCost(artifact.circuit);
  const estimated = { proveMs, gasUsed: predicted.gasUsed, peakMemoryMb };
  const work = provingWork(artifact.circuit, ESTIMATED_THREADS);
  const rows: BenchRow[] = [];
  for (const threads of options.threads) {
    for (const zk of options.zk) {
      options.progress(`${model}: proving, ${threads} threads, zero knowledge ${zk ? "on" : "off"}`);
      const args = [
        measureScript,
        artifactFolder,
        inputFile,
        String(threads),
        zk ? "1" : "0",
        String(options.runs),
        options.revectorize ? "1" : "0",
      ];
      const { stdout } = await execute(process.execPath, args, { maxBuffer: 2 ** 26 });
      const { firstProveMs: _, ...figures } = JSON.parse(stdout);
      rows.push({
        ...benched,
        layout: layoutLabel(layout),
        zk,
        threads,
        ...figures,
        gasUsed,
        verifierBytes,
        estimated,
        work,
      });
    }
  }
  return rows;
}

/** Gas of the whole settlement transaction through the market, without a consumer. */
async function settlementGas(
  artifactFolder: string,
  input: Uint8Array,
  chain: LocalChain,
): Promise<{ gasUsed: number; verifierBytes: number }> {
  const prover = await openProver(artifactFolder);
  try {
    const { circuit, verifyingKey } = prover.artifact;
    const clients = { publicClient: chain.publicClient, wallet: chain.wallet(0) };
    const create = async (code: Hex): Promise<Address> => (await chain.deployCode([], code)).address;
    const { address, codeBytes } = await deployVerifier(await chooseVerifier(prover.artifact), create);
    const registry = await chain.deploy("ModelRegistry", []);
    const market = await chain.deploy("RequestMarket", [registry, chain.account(0).address]);
    const modelId = await registerModel(clients, {
      registry,
      verifier: address,
      vkDigest: bytesToHex(verifyingKey.digest),
      inputBytes: statementLength(circuit.inputs),
      outputBytes: statementLength(circuit.outputs),
    });
    const deadline = Number((await chain.publicClient.getBlock()).timestamp) + 3600;
    const settleOnce = async (): Promise<bigint> => {
      const { requestId, terms } = await requestInference(clients, {
        market,
        modelId,
        input: bytesToHex(input),
        feeWei: 1000n,
        deadline,
      });
      const binding = {
        chainId: chain.publicClient.chain?.id as number,
        market,
        requestId,
        prover: chain.account(1).address,
      };
      const proof = prover.prove(input, contextOf(binding));
      const bytes = (value: Uint8Array): Hex => bytesToHex(value);
      const settlement = {
        requestId,
        terms,
        input: bytes(input),
        output: bytes(proof.output),
        proof: bytes(proof.proof),
        prover: binding.prover,
      };
      return (await settle(clients, market, settlement)).gasUsed;
    };
    // The first settlement pays for the prover's first balance slot; a working prover has one.
    await settleOnce();
    return { gasUsed: Number(await settleOnce()), verifierBytes: codeBytes };
  } finally {
    await prover.close();
  }
}
