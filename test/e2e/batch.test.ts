/**
 * Batches of the digits MLP on a real market: one request carries many images, one proof settles it, every answer is that of a single
 * inference. Gas of whole transactions, input and output included, is written to snapshots/batch-gas.json; a figure above the snapshot
 * fails, as does one above its target. GAVEL_UPDATE_SNAPSHOTS=1 writes the snapshot anew.
 *
 * Masks make some bytes of a proof zero, and zero bytes are cheaper: proof bytes count as non-zero, as in snapshots/verifier-gas.json.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Address, bytesToHex, type Hex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Clients, registerModel, requestInference, settle } from "../../api/client.ts";
import { compileModel } from "../../api/compile.ts";
import { readInput } from "../../api/input-file.ts";
import { type ModelProver, openProver, unpackBatch } from "../../api/prover.ts";
import { contextOf } from "../../api/statement.ts";
import { buildVerifier } from "../../api/verifier.ts";
import { type LocalChain, startLocalChain } from "../../cli/local-chain.ts";
import { packedLength } from "../../core/packing.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const model = join(projectRoot, "examples/models/digits_mlp");
const snapshotFile = join(projectRoot, "snapshots/batch-gas.json");
const updates = process.env["GAVEL_UPDATE_SNAPSHOTS"] === "1";

const SAMPLES = join(model, "samples.json");
const SIZES = [1, 3, 4, 16, 64];
const MAX_GAS_PER_INFERENCE_AT_64 = 10_000;
const ZERO_BYTE_DISCOUNT = 12;
/** Ids and hashes of requests have a zero byte now and then. */
const ID_BYTES_GAS = 20 * ZERO_BYTE_DISCOUNT;

interface Figures {
  readonly submit: number;
  readonly settle: number;
}

let folder: string;
let chain: LocalChain;
let clients: Clients;
let registry: Address;
let market: Address;
const provers = new Map<number, ModelProver>();
const figures: Record<string, Figures> = {};
const proverOf = (batch: number): ModelProver => provers.get(batch) as ModelProver;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gavel-batch-"));
  chain = await startLocalChain(projectRoot);
  clients = { publicClient: chain.publicClient, wallet: chain.wallet(0) };
  registry = await chain.deploy("ModelRegistry", []);
  market = await chain.deploy("RequestMarket", [registry, chain.account(0).address]);
  for (const batch of SIZES) {
    const output = join(folder, String(batch));
    const calibration = join(model, "calibration.json");
    const summary = await compileModel({ model: join(model, "model.onnx"), calibration, batch, output });
    expect(summary.batch).toBe(batch);
    provers.set(batch, await openProver(output, { threads: 1 }));
  }
});
afterAll(async () => {
  for (const prover of provers.values()) await prover.close();
  await chain.close();
  await rm(folder, { recursive: true, force: true });
});

/** Answers of the single model to `count` samples from `first` on. */
async function aloneAnswers(first: number, count: number): Promise<number[][]> {
  const single = proverOf(1);
  const answers: number[][] = [];
  for (let i = first; i < first + count; i++) {
    const { output } = single.run(single.pack(await readInput(SAMPLES, single.artifact.circuit, i)));
    answers.push(Array.from(unpackBatch(single.artifact, output, "packed")[0][0]));
  }
  return answers;
}

describe.each(SIZES)("a batch of %i", (batch) => {
  test("settles one request, each answer that of a single inference", async () => {
    const prover = proverOf(batch);
    const { circuit, verifyingKey } = prover.artifact;
    const { abi, bytecode } = await buildVerifier(prover.artifact);
    const modelId = await registerModel(clients, {
      registry,
      verifier: (await chain.deployCode(abi, bytecode)).address,
      vkDigest: bytesToHex(verifyingKey.digest),
      inputBytes: packedLength(circuit.inputs),
      outputBytes: packedLength(circuit.outputs),
    });
    const deadline = Number((await chain.publicClient.getBlock()).timestamp) + 3600;
    const settleFrom = async (first: number): Promise<{ submitGas: number; settleGas: number; output: Uint8Array }> => {
      const input = prover.pack(await readInput(SAMPLES, circuit, first));
      const terms = { market, modelId, input: bytesToHex(input), feeWei: 1000n, deadline };
      const request = await requestInference(clients, terms);
      const binding = { chainId: 31337, market, requestId: request.requestId, prover: chain.account(1).address };
      const proof = prover.prove(input, contextOf(binding));
      const hex = (bytes: Uint8Array): Hex => bytesToHex(bytes);
      const settlement = await settle(clients, market, {
        requestId: request.requestId,
        terms: request.terms,
        input: hex(input),
        output: hex(proof.output),
        proof: hex(proof.proof),
        prover: binding.prover,
      });
      const zeros = proof.proof.filter((byte) => byte === 0).length;
      return {
        submitGas: Number(request.gasUsed),
        settleGas: Number(settlement.gasUsed) + ZERO_BYTE_DISCOUNT * zeros,
        output: proof.output,
      };
    };
    // The first of a model pays for the market's copy of its record, the first payment for the prover's balance.
    const first = await settleFrom(0);
    const second = await settleFrom(5);
    const answers = (output: Uint8Array) => unpackBatch(prover.artifact, output).map(([logits]) => Array.from(logits));
    expect(answers(first.output)).toEqual(await aloneAnswers(0, batch));
    expect(answers(second.output)).toEqual(await aloneAnswers(5, batch));
    figures[batch] = { submit: second.submitGas, settle: second.settleGas };
  });
});

test("a short batch is filled up with its last inference", async () => {
  const prover = proverOf(4);
  const { circuit } = prover.artifact;
  const two = (await readInput(SAMPLES, circuit, 0)).map((values) => values.slice(0, 2 * 64));
  const { proof, ...statement } = prover.prove(prover.pack(two), new Uint8Array(32));
  expect(proof.length).toBeGreaterThan(0);
  const answers = unpackBatch(prover.artifact, statement.output).map(([logits]) => Array.from(logits));
  const [one, last] = await aloneAnswers(0, 2);
  expect(answers).toEqual([one, last, last, last]);
});

test("parts of an inference and more inferences than the batch are refused", async () => {
  const prover = proverOf(4);
  const [values] = await readInput(SAMPLES, prover.artifact.circuit, 0);
  for (const size of [0, 63, 65, 4 * 64 + 1, 5 * 64])
    expect(() => prover.pack([Array.from({ length: size }, (_, i) => values[i % 64])]), `${size}`).toThrow(
      /wrong size/,
    );
});

test("gas per inference falls with the batch, and no figure rises above the snapshot", async () => {
  const perInference = SIZES.map((batch) => (figures[batch].submit + figures[batch].settle) / batch);
  expect(perInference.at(-1)).toBeLessThan(MAX_GAS_PER_INFERENCE_AT_64);
  expect(perInference).toEqual([...perInference].sort((a, b) => b - a));
  if (updates) await writeFile(snapshotFile, `${JSON.stringify(figures, undefined, 2)}\n`);
  const snapshot = JSON.parse(await readFile(snapshotFile, "utf8"));
  const risen = Object.entries(figures).flatMap(([batch, items]) =>
    Object.entries(items).filter(([name, gas]) => !(gas <= snapshot[batch]?.[name] + ID_BYTES_GAS)),
  );
  expect(risen, "lower the cost, or accept it with GAVEL_UPDATE_SNAPSHOTS=1").toEqual([]);
});
