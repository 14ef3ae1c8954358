/** Requests whose input is not shown, settled on a market: hashed, committed, private; and one model's committed output as another's input. */
import { fileURLToPath } from "node:url";
import { type Address, bytesToHex, type Hex } from "viem";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Clients, type OpenRequest, registerModel, requestInference, settle } from "../../api/client.ts";
import { contextOf } from "../../api/statement.ts";
import { buildVerifier } from "../../api/verifier.ts";
import { type LocalChain, startLocalChain } from "../../cli/local-chain.ts";
import type { Circuit, Visibility } from "../../core/circuit.ts";
import { unpackTensors } from "../../core/packing.ts";
import { statementLength } from "../../core/statement.ts";
import type { Engine } from "../../kernels/engine.ts";
import { stateInput } from "../../prover/boundary.ts";
import { createEngine } from "../../prover/engine.ts";
import { type Proof, prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { tinyCircuit } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";

const projectRoot = fileURLToPath(new URL("../..", import.meta.url));
const INPUT = [3, 20, 1];

function withVisibility(circuit: Circuit, input: Visibility, output: Visibility): Circuit {
  return {
    ...circuit,
    inputs: circuit.inputs.map((tensor) => ({ ...tensor, visibility: input })),
    outputs: circuit.outputs.map((tensor) => ({ ...tensor, visibility: output })),
  };
}

interface Model {
  readonly key: ProvingKey;
  readonly modelId: Hex;
}

let chain: LocalChain;
let engine: Engine;
let clients: Clients;
let registry: Address;
let market: Address;
let prover: Address;

beforeAll(async () => {
  chain = await startLocalChain(projectRoot);
  engine = await createEngine({ threads: 1 });
  clients = { publicClient: chain.publicClient, wallet: chain.wallet(0) };
  prover = chain.account(5).address;
  registry = await chain.deploy("ModelRegistry", []);
  market = await chain.deploy("RequestMarket", [registry, chain.account(0).address]);
});
afterAll(async () => {
  await engine.close();
  await chain.close();
});

async function deployModel(circuit: Circuit): Promise<Model> {
  const key = testKey(engine, circuit);
  const { abi, bytecode } = await buildVerifier(key);
  const modelId = await registerModel(clients, {
    registry,
    verifier: (await chain.deployCode(abi, bytecode)).address,
    vkDigest: bytesToHex(key.verifyingKey.digest),
    inputBytes: statementLength(circuit.inputs),
    outputBytes: statementLength(circuit.outputs),
  });
  return { key, modelId };
}

async function ask({ modelId }: Model, input: Uint8Array): Promise<OpenRequest> {
  const deadline = Number((await chain.publicClient.getBlock()).timestamp) + 3600;
  return requestInference(clients, { market, modelId, input: bytesToHex(input), feeWei: 10n, deadline });
}

function answer(
  { key }: Model,
  { requestId }: OpenRequest,
  values: readonly number[],
  blindings: readonly bigint[],
): Proof {
  return prove(key, [values], contextOf({ chainId: 31337, market, requestId, prover }), { blindings });
}

async function settleWith({ requestId, terms }: OpenRequest, { input, output, proof }: Proof): Promise<bigint> {
  const bytes = { input: bytesToHex(input), output: bytesToHex(output), proof: bytesToHex(proof) };
  return (await settle(clients, market, { requestId, terms, ...bytes, prover })).paidWei;
}

test.each([
  ["hashed", 32],
  ["committed", 64],
  ["private", 0],
] as const)("a request with a %s input carries %i bytes and is settled", async (visibility, bytes) => {
  const model = await deployModel(withVisibility(tinyCircuit(), visibility, "public"));
  const { inputs } = model.key.plan.circuit;
  const stated = stateInput(engine, model.key.points, inputs, [INPUT]);
  expect(stated.input.length).toBe(bytes);
  const request = await ask(model, stated.input);
  const proof = answer(model, request, INPUT, stated.blindings);
  expect(proof.input).toEqual(stated.input);
  // Another input has another hash or commitment; a private one is whatever its prover knows.
  if (visibility !== "private")
    await expect(settleWith(request, answer(model, request, [20, 0, 0], stated.blindings))).rejects.toThrow();
  expect(await settleWith(request, proof)).toBe(10n);
});

test("the committed output of one model is the committed input of another", async () => {
  const first = await deployModel(withVisibility(tinyCircuit(), "hashed", "committed"));
  const second = await deployModel(withVisibility(tinyCircuit(2), "committed", "public"));
  const { inputs, outputs } = first.key.plan.circuit;

  const firstRequest = await ask(first, stateInput(engine, first.key.points, inputs, [INPUT]).input);
  const firstProof = answer(first, firstRequest, INPUT, []);
  expect(await settleWith(firstRequest, firstProof)).toBe(10n);

  const secondRequest = await ask(second, firstProof.output);
  const { packedOutput, blindings } = firstProof.secrets;
  const [values] = unpackTensors(outputs, packedOutput);
  const secondProof = answer(second, secondRequest, [...values], blindings);
  expect(secondProof.input).toEqual(firstProof.output);

  const otherBlinding = answer(second, secondRequest, [...values], []);
  await expect(settleWith(secondRequest, otherBlinding)).rejects.toThrow();
  const otherValues = answer(
    second,
    secondRequest,
    [...values].map((value) => (value + 1) % 20),
    blindings,
  );
  await expect(settleWith(secondRequest, otherValues)).rejects.toThrow();
  await expect(settleWith(secondRequest, { ...otherValues, input: firstProof.output })).rejects.toThrow();
  expect(await settleWith(secondRequest, secondProof)).toBe(10n);
});
