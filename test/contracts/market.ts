/** A registry, a market and one model of the size of the digits MLP, for the TypeScript suites of the contracts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { network } from "hardhat";
import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  custom,
  getContract,
  type Hex,
  hexToBigInt,
  http,
  keccak256,
  pad,
  parseEther,
  parseEventLogs,
  zeroAddress,
  zeroHash,
} from "viem";
import { hardhat } from "viem/chains";
import { afterAll } from "vitest";
import { modelRegistryAbi } from "../../contracts/abi/model-registry.gen.ts";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { type AnvilChain, startAnvil } from "./anvil.ts";

/** Runtime code that answers any call with the word 1: it accepts every proof, and its vkDigest is 1. For tests only. */
const acceptingVerifier: Hex = "0x6760015f5260205ff35f5260086018f3";

/** Runtime code that stops at once: it takes any callback. For tests only. */
const silentConsumer: Hex = "0x60015ff3";

export const inputBytes = 64;
export const outputBytes = 40;
/** In 2037. */
const start = 0x7f010101n;
/** Of every request, 18 hours after the start. Fixed, with no byte zero, so that the same calls always cost the same gas. */
export const deadline = 0x7f020202;
export const fee = parseEther("0.001");

/** A call that is asked twice may be sent twice. */
const RPC_TIMEOUT_MS = 240_000;

let anvil: AnvilChain | undefined;
afterAll(() => anvil?.close());

/**
 * The chain to test on: anvil when `GAVEL_TEST_CHAIN` says so, else the one at `GAVEL_TEST_RPC_URL` (unlocked accounts, chain id
 * 31337), else a chain of its own in this process.
 */
export async function connect() {
  if (process.env["GAVEL_TEST_CHAIN"] === "anvil") anvil = await startAnvil();
  const url = anvil?.url ?? process.env["GAVEL_TEST_RPC_URL"];
  const transport =
    url === undefined ? custom((await network.create()).provider) : http(url, { timeout: RPC_TIMEOUT_MS });
  const options = { chain: hardhat, transport, pollingInterval: 20 };
  const client = createPublicClient(options);
  const addresses = await createWalletClient(options).getAddresses();
  const wallet = (index: number) => createWalletClient({ ...options, account: addresses[index]! });
  return {
    client,
    deployer: wallet(0),
    requester: wallet(1),
    prover: wallet(2),
    relayer: wallet(3),
    guardian: wallet(4),
  };
}

export type Connection = Awaited<ReturnType<typeof connect>>;

/** The creation code of a compiled contract; `path` as in artifacts/contracts, without extension. */
export function bytecodeOf(path: string): Hex {
  const file = join(import.meta.dirname, "../../artifacts/contracts", `${path}.json`);
  return JSON.parse(readFileSync(file, "utf8")).bytecode;
}

/** The runtime code's length of a compiled contract, in bytes. */
export function runtimeBytesOf(path: string): number {
  const file = join(import.meta.dirname, "../../artifacts/contracts", `${path}.json`);
  return (JSON.parse(readFileSync(file, "utf8")).deployedBytecode.length - 2) / 2;
}

export async function deploy(c: Connection, abi: Abi, bytecode: Hex, args: readonly unknown[] = []): Promise<Address> {
  const hash = await c.deployer.deployContract({ abi, bytecode, args });
  const receipt = await c.client.waitForTransactionReceipt({ hash });
  return receipt.contractAddress!;
}

export async function deployMarket() {
  const c = await connect();
  await moveTo(c, start);
  const registry = await deploy(c, modelRegistryAbi, bytecodeOf("ModelRegistry.sol/ModelRegistry"));
  const guardian = c.guardian.account.address;
  const market = await deploy(c, requestMarketAbi, bytecodeOf("RequestMarket.sol/RequestMarket"), [registry, guardian]);
  const verifier = await deploy(c, [], acceptingVerifier);
  const consumer = await deploy(c, [], silentConsumer);
  const models = getContract({
    abi: modelRegistryAbi,
    address: registry,
    client: { public: c.client, wallet: c.deployer },
  });
  await c.client.waitForTransactionReceipt({
    hash: await models.write.register([
      {
        verifier,
        vkDigest: pad("0x01", { size: 32 }),
        inputBytes,
        outputBytes,
        family: zeroHash,
        metadataHash: zeroHash,
        metadataURI: "ipfs://model",
      },
    ]),
  });
  const [modelId] = await models.read.getModels([0n, 1n]);
  return { ...c, registry, market, consumer, modelId: modelId! };
}

export type Deployment = Awaited<ReturnType<typeof deployMarket>>;

/** The market as one wallet sees it. */
export function marketOf(d: Deployment, wallet: Connection["deployer"]) {
  return getContract({ abi: requestMarketAbi, address: d.market, client: { public: d.client, wallet } });
}

/** Bytes without a zero among them, so that calldata costs its most. */
export function denseBytes(length: number, seed: number): Hex {
  let bytes = "0x";
  for (let i = 0; i < length; i++) bytes += (((i * 37 + seed * 11) % 255) + 1).toString(16).padStart(2, "0");
  return bytes as Hex;
}

export async function timestampOf(d: Deployment): Promise<bigint> {
  return (await d.client.getBlock()).timestamp;
}

/** Moves the chain's clock: EDR and anvil answer the same two methods. */
export async function moveTo(d: Connection, timestamp: bigint): Promise<void> {
  const request = d.client.request as unknown as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  await request({ method: "evm_setNextBlockTimestamp", params: [Number(timestamp)] });
  await request({ method: "evm_mine", params: [] });
}

/** Gas of a mined transaction, intrinsic gas and calldata included. */
export async function gasOf(d: Deployment, sent: Promise<Hex>): Promise<number> {
  const hash = await sent;
  const receipt = await d.client.waitForTransactionReceipt({ hash });
  if (receipt.status !== "success") throw new Error(`transaction ${hash} reverted`);
  return Number(receipt.gasUsed);
}

/** Opens a request of `requester` whose callback takes anything, and returns its gas, id and terms. */
export async function open(d: Deployment, input: Hex, callback: Address = d.consumer) {
  const params = {
    modelId: d.modelId,
    refundee: zeroAddress,
    callback,
    callbackGasLimit: callback === zeroAddress ? 0 : 100_000,
    deadline,
  };
  const hash = await marketOf(d, d.requester).write.submit([params, input], { value: fee });
  const gasUsed = await gasOf(d, Promise.resolve(hash));
  const { logs } = await d.client.getTransactionReceipt({ hash });
  const [log] = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "RequestSubmitted" });
  const { requestId, input: seen, ...terms } = log!.args;
  return { gasUsed, requestId, request: { ...terms, inputHash: keccak256(seen), optionsHash: zeroHash }, input };
}

export type OpenRequest = Awaited<ReturnType<typeof open>>;

/** A settlement of an open request; the accepting verifier takes any proof. */
export function settlementOf(d: Deployment, { requestId, request, input }: OpenRequest, seed: number) {
  const prover = d.prover.account.address;
  return {
    requestId,
    request,
    input,
    output: denseBytes(outputBytes, seed),
    proof: "0x01" as Hex,
    prover,
    options: "0x" as Hex,
  };
}

export function indexOf(requestId: Hex): bigint {
  return hexToBigInt(requestId) & 0xffffffffn;
}
