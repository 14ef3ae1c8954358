/**
 * Independent proofs in one transaction, with generated verifiers: models of one reference string and of another, in both forms, share a pairing, every
 * kind of tampering is attributed to its item, and what it saves is written to snapshots/shared-pairing-gas.json. A figure above the
 * snapshot fails. GAVEL_UPDATE_SNAPSHOTS=1 writes the snapshot anew. Proof bytes count as non-zero, as in snapshots/verifier-gas.json.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Address, bytesToHex, type Hex, hexToBytes } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Clients, registerModel, requestInference, settle } from "../../api/client.ts";
import { packInput } from "../../api/prover.ts";
import { settleBatch } from "../../api/settle-batch.ts";
import { contextOf } from "../../api/statement.ts";
import { chooseVerifier, deployVerifier, type VerifierForm } from "../../api/verifier.ts";
import { type LocalChain, startLocalChain } from "../../cli/local-chain.ts";
import { compile } from "../../compiler/compile.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { R } from "../../core/field.ts";
import { packedLength, packTensors, unpackTensors } from "../../core/packing.ts";
import { decodeProof, encodeProof, proofSections } from "../../core/proof.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { mixedCircuit, numbers } from "../support/circuits.ts";
import { TEST_TAU, testKey } from "../support/proofs.ts";

const SEED = 909;
const ITEM_GAS = 600_000n;
const ZERO_BYTE_DISCOUNT = 12;
/** Ids and hashes of requests have a zero byte now and then. */
const ID_BYTES_GAS = 20 * ZERO_BYTE_DISCOUNT;
const [SETTLED, FAILED] = [1, 2];

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const snapshotFile = join(projectRoot, "snapshots/shared-pairing-gas.json");

interface Model {
  readonly key: ProvingKey;
  readonly modelId: Hex;
}

let chain: LocalChain;
let engine: Engine;
let clients: Clients;
let registry: Address;
let market: Address;
let deadline: number;

beforeAll(async () => {
  chain = await startLocalChain(projectRoot);
  engine = await createEngine({ threads: 1 });
  clients = { publicClient: chain.publicClient, wallet: chain.wallet(0) };
  registry = await chain.deploy("ModelRegistry", []);
  market = await chain.deploy("RequestMarket", [registry, chain.account(0).address]);
  deadline = Number((await chain.publicClient.getBlock()).timestamp) + 3600;
});
afterAll(async () => {
  await engine.close();
  await chain.close();
});

async function deployModel(key: ProvingKey, form: VerifierForm = "standalone"): Promise<Model> {
  const { circuit } = key.plan;
  const chosen = await chooseVerifier({ verifyingKey: key.verifyingKey }, form);
  const verifier = await deployVerifier(chosen, async (code) => (await chain.deployCode([], code)).address);
  const modelId = await registerModel(clients, {
    registry,
    verifier: verifier.address,
    vkDigest: bytesToHex(key.verifyingKey.digest),
    inputBytes: packedLength(circuit.inputs),
    outputBytes: packedLength(circuit.outputs),
  });
  return { key, modelId };
}

/** A new request for these input integers, and the settlement that answers it. */
async function settlementFor({ key, modelId }: Model, values: readonly ArrayLike<number>[]) {
  const input = bytesToHex(packTensors(key.plan.circuit.inputs, values));
  const { requestId, terms } = await requestInference(clients, { market, modelId, input, feeWei: 10n, deadline });
  const prover = chain.account(1).address;
  const proof = prove(key, values, contextOf({ chainId: 31337, market, requestId, prover }));
  const [output, bytes] = [bytesToHex(proof.output), bytesToHex(proof.proof)];
  return { requestId, terms, input, output, proof: bytes, prover };
}

type SettlementItem = Awaited<ReturnType<typeof settlementFor>>;

async function outcomes(items: readonly SettlementItem[]): Promise<readonly number[]> {
  const { result } = await chain.publicClient.simulateContract({
    address: market,
    abi: requestMarketAbi,
    functionName: "settleBatch",
    args: [items.map(({ terms, ...item }) => ({ ...item, request: terms, options: "0x" as const })), ITEM_GAS],
    gas: 16_000_000n,
    account: chain.account(3).address,
  });
  return result;
}

function integers(seed: number): number[][] {
  const random = numbers(seed);
  return [Array.from({ length: 25 }, () => random(0, 50))];
}

describe("proofs of several models", () => {
  let items: SettlementItem[];
  let model: Model;
  beforeAll(async () => {
    model = await deployModel(testKey(engine, mixedCircuit({ seed: SEED })));
    const sameString = await deployModel(testKey(engine, mixedCircuit({ seed: SEED + 1 })));
    const otherString = await deployModel(
      testKey(engine, mixedCircuit({ seed: SEED + 2 }), TEST_TAU + 1n),
      "universal",
    );
    items = [];
    for (const [index, item] of [sameString, model, otherString].entries())
      items.push(await settlementFor(item, integers(SEED + index)));
  });

  test("are settled together", async () => {
    expect(await outcomes(items)).toEqual([SETTLED, SETTLED, SETTLED]);
  });

  test("a word changed anywhere in one proof fails that item and no other", async () => {
    const { circuit } = model.key.plan;
    const words = decodeProof(circuit, hexToBytes(items[1].proof));
    for (const { step, part, word } of proofSections(circuit)) {
      const changed = [...words];
      if (part.kind === "point") [changed[word], changed[word + 1]] = [1n, 2n];
      else changed[word] = (changed[word] + 1n) % R;
      const tampered = { ...items[1], proof: bytesToHex(encodeProof(changed)) };
      expect(await outcomes([items[0], tampered, items[2]]), `${step}, ${part.name}`).toEqual([
        SETTLED,
        FAILED,
        SETTLED,
      ]);
    }
  });

  test("two false proofs among true ones fail, in any places", async () => {
    const { circuit } = model.key.plan;
    const broken = (item: SettlementItem): SettlementItem => {
      const words = decodeProof(circuit, hexToBytes(item.proof));
      const at = proofSections(circuit).find(({ part }) => part.name === "opening")!.word;
      [words[at], words[at + 1]] = [1n, 2n];
      return { ...item, proof: bytesToHex(encodeProof(words)) };
    };
    expect(await outcomes([broken(items[0]), items[1], broken(items[2])])).toEqual([FAILED, SETTLED, FAILED]);
  });

  test("statements of other items are refused", async () => {
    const [first, second, third] = items;
    expect(await outcomes([first, { ...second, output: third.output }, third])).toEqual([SETTLED, FAILED, SETTLED]);
    expect(await outcomes([first, { ...second, proof: first.proof }, third])).toEqual([SETTLED, FAILED, SETTLED]);
    expect(await outcomes([first, first, third])).toEqual([SETTLED, FAILED, SETTLED]);
  });

  test("a program learns what became of each item, and why", async () => {
    const [first, second, third] = items;
    const settled = await settleBatch(clients, market, [{ ...first, input: third.input }, second, second], ITEM_GAS);
    expect(settled.items).toEqual([
      { requestId: first.requestId, outcome: "failed", reason: "InputMismatch" },
      { requestId: second.requestId, outcome: "settled" },
      { requestId: second.requestId, outcome: "failed", reason: "WrongStatus" },
    ]);
  });
});

test("what sharing the pairing saves, on the digits MLP", async () => {
  const folder = join(projectRoot, "examples/models/digits_mlp");
  const calibration = JSON.parse(readFileSync(join(folder, "calibration.json"), "utf8"));
  const { circuit } = compile(readFileSync(join(folder, "model.onnx")), { name: "digits_mlp", calibration });
  const model = await deployModel(testKey(engine, circuit));
  const values = unpackTensors(circuit.inputs, packInput({ circuit }, [calibration.inputs[0].flat(9)]));
  const zeroBytes = (item: SettlementItem): number => hexToBytes(item.proof).filter((byte) => byte === 0).length;
  const denseGas = (gasUsed: bigint, items: readonly SettlementItem[]): number =>
    Number(gasUsed) + ZERO_BYTE_DISCOUNT * items.reduce((sum, item) => sum + zeroBytes(item), 0);
  const settleOne = async (): Promise<number> => {
    const item = await settlementFor(model, values);
    return denseGas((await settle(clients, market, item)).gasUsed, [item]);
  };
  // The first settlement pays for the prover's balance.
  await settleOne();
  const figures: Record<string, number> = { "settle, one": await settleOne() };
  for (const count of [2, 4, 16]) {
    const items: SettlementItem[] = [];
    for (let i = 0; i < count; i++) items.push(await settlementFor(model, values));
    const batch = await settleBatch(clients, market, items, ITEM_GAS);
    expect(batch.items).toEqual(items.map(({ requestId }) => ({ requestId, outcome: "settled" })));
    figures[`item of ${count}`] = Math.ceil(denseGas(batch.gasUsed, items) / count);
  }
  expect(figures["item of 16"]).toBeLessThan(figures["settle, one"] - 90_000);
  if (process.env["GAVEL_UPDATE_SNAPSHOTS"] === "1")
    writeFileSync(snapshotFile, `${JSON.stringify(figures, undefined, 2)}\n`);
  const snapshot = JSON.parse(readFileSync(snapshotFile, "utf8"));
  const risen = Object.entries(figures).filter(([name, gas]) => !(gas <= snapshot[name] + ID_BYTES_GAS));
  expect(risen, "lower the cost, or accept it with GAVEL_UPDATE_SNAPSHOTS=1").toEqual([]);
});
