/** What a proof is bound to, on a real market with generated verifiers: everything that is not its own request is refused. */

import { fileURLToPath } from "node:url";
import { type Address, bytesToHex, type Hex, hexToBytes } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Clients,
  type OpenRequest,
  registerModel,
  requestInference,
  type SettleArguments,
  settle,
} from "../../api/client.ts";
import { contextOf } from "../../api/statement.ts";
import { chooseVerifier, deployVerifier, type VerifierForm } from "../../api/verifier.ts";
import { type LocalChain, startLocalChain } from "../../cli/local-chain.ts";
import { packedLength, packTensors } from "../../core/packing.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { type Proof, prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { mixedCircuit, numbers } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";

const SEED = 77;
const projectRoot = fileURLToPath(new URL("../..", import.meta.url));

function tensor(seed: number): number[] {
  const random = numbers(seed);
  return Array.from({ length: 25 }, () => random(0, 50));
}

describe("a proof settles its own request and nothing else", () => {
  let chain: LocalChain;
  let engine: Engine;
  let key: ProvingKey;
  let market: Address;
  let otherMarket: Address;
  let modelId: Hex;
  let universalModelId: Hex;
  let otherModelId: Hex;
  let clients: Clients;
  let deadline: number;
  const input = tensor(SEED);

  const create = async (code: Hex): Promise<Address> => (await chain.deployCode([], code)).address;
  const register = async (registry: Address, forKey: ProvingKey, form?: VerifierForm): Promise<Hex> => {
    const { circuit } = forKey.plan;
    const chosen = await chooseVerifier({ verifyingKey: forKey.verifyingKey }, form);
    return registerModel(clients, {
      registry,
      verifier: (await deployVerifier(chosen, create)).address,
      vkDigest: bytesToHex(forKey.verifyingKey.digest),
      inputBytes: packedLength(circuit.inputs),
      outputBytes: packedLength(circuit.outputs),
    });
  };

  const open = (at = market, model = modelId, values = input): Promise<OpenRequest> =>
    requestInference(clients, {
      market: at,
      modelId: model,
      input: bytesToHex(packTensors(key.plan.circuit.inputs, [values])),
      feeWei: 10n,
      deadline,
    });

  const provenFor = (
    requestId: Hex,
    values = input,
    at = market,
    chainId = 31337,
    prover = chain.account(5).address,
  ): Proof => prove(key, [values], contextOf({ chainId, market: at, requestId, prover }));

  const settlement = (request: OpenRequest, proof: Proof): SettleArguments => ({
    requestId: request.requestId,
    terms: request.terms,
    input: bytesToHex(proof.input),
    output: bytesToHex(proof.output),
    proof: bytesToHex(proof.proof),
    prover: chain.account(5).address,
  });

  beforeAll(async () => {
    chain = await startLocalChain(projectRoot);
    engine = await createEngine({ threads: 1 });
    clients = { publicClient: chain.publicClient, wallet: chain.wallet(0) };
    key = testKey(engine, mixedCircuit({ seed: SEED }));
    const registry = await chain.deploy("ModelRegistry", []);
    market = await chain.deploy("RequestMarket", [registry, chain.account(0).address]);
    otherMarket = await chain.deploy("RequestMarket", [registry, chain.account(0).address]);
    modelId = await register(registry, key);
    universalModelId = await register(registry, key, "universal");
    otherModelId = await register(registry, testKey(engine, mixedCircuit({ seed: SEED + 1 })));
    deadline = Number((await chain.publicClient.getBlock()).timestamp) + 3600;
  });
  afterAll(async () => {
    await engine.close();
    await chain.close();
  });

  test("its own request is settled and the prover it names is credited", async () => {
    const request = await open();
    const { prover, paidWei } = await settle(clients, market, settlement(request, provenFor(request.requestId)));
    expect(prover).toBe(chain.account(5).address);
    expect(paidWei).toBe(10n);
  });

  test("the same key as data for the universal verifier settles its own request, and no other", async () => {
    const [request, other] = [await open(market, universalModelId), await open(market, universalModelId)];
    const proof = provenFor(request.requestId);
    expect((await settle(clients, market, settlement(request, proof))).paidWei).toBe(10n);
    await expect(settle(clients, market, settlement(other, proof))).rejects.toThrow();
  });

  test("another request with the same terms is not", async () => {
    const [first, second] = [await open(), await open()];
    await expect(settle(clients, market, settlement(second, provenFor(first.requestId)))).rejects.toThrow();
  });

  test("a request of another market is not", async () => {
    const request = await open(otherMarket);
    await expect(settle(clients, otherMarket, settlement(request, provenFor(request.requestId)))).rejects.toThrow();
  });

  test("a request for another model is not", async () => {
    const request = await open(market, otherModelId);
    await expect(settle(clients, market, settlement(request, provenFor(request.requestId)))).rejects.toThrow();
  });

  test("another chain's proof is not taken", async () => {
    const request = await open();
    const proof = provenFor(request.requestId, input, market, 1);
    await expect(settle(clients, market, settlement(request, proof))).rejects.toThrow();
  });

  test("another prover is not paid", async () => {
    const request = await open();
    const proof = provenFor(request.requestId);
    const stolen = { ...settlement(request, proof), prover: chain.account(6).address };
    await expect(settle(clients, market, stolen)).rejects.toThrow();
  });

  test("another input is not answered", async () => {
    const request = await open(market, modelId, tensor(SEED + 9));
    await expect(settle(clients, market, settlement(request, provenFor(request.requestId)))).rejects.toThrow();
  });

  test("another output is not taken", async () => {
    const request = await open();
    const proof = provenFor(request.requestId);
    const output = bytesToHex(hexToBytes(bytesToHex(proof.output)).map((byte, i) => (i === 1 ? byte ^ 1 : byte)));
    await expect(settle(clients, market, { ...settlement(request, proof), output })).rejects.toThrow();
  });
});
