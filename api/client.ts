/**
 * The market from a program: register a model, ask for an inference, wait for its settlement, settle one.
 *
 * Works with any viem public and wallet client. Ids, hashes and bytes are hex strings as viem has them.
 */
import {
  type Account,
  type Address,
  type Chain,
  type Hex,
  keccak256,
  type PublicClient,
  parseEventLogs,
  type Transport,
  type WalletClient,
  zeroAddress,
  zeroHash,
} from "viem";
import { modelRegistryAbi } from "../contracts/abi/model-registry.gen.ts";
import { requestMarketAbi } from "../contracts/abi/request-market.gen.ts";
import { GavelError } from "../core/errors.ts";

export class ClientError extends GavelError {
  override readonly name = "Client.ClientError";
}

/** Nothing happened in the time given; the request may still be settled later. */
export class SettlementTimeoutError extends GavelError {
  override readonly name = "Client.SettlementTimeoutError";
}

export type Wallet = WalletClient<Transport, Chain, Account>;
export interface Clients {
  readonly publicClient: PublicClient;
  readonly wallet: Wallet;
}

export interface ModelRegistration {
  readonly registry: Address;
  readonly verifier: Address;
  readonly vkDigest: Hex;
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly metadataURI?: string;
  readonly metadataHash?: Hex;
}

/** Returns the model id. Throws ClientError where `registry` is no registry, or the transaction reverts. */
export async function registerModel(clients: Clients, model: ModelRegistration): Promise<Hex> {
  const { registry, metadataURI = "", metadataHash = zeroHash, ...fields } = model;
  const params = { ...fields, family: zeroHash, metadataHash, metadataURI };
  const hash = await clients.wallet.writeContract({
    address: registry,
    abi: modelRegistryAbi,
    functionName: "register",
    args: [params],
  });
  const receipt = await succeeded(clients.publicClient, hash, "register the model");
  const [event] = parseEventLogs({ abi: modelRegistryAbi, logs: receipt.logs, eventName: "ModelRegistered" });
  if (!event) throw noContract("model registry", registry, hash);
  return event.args.modelId;
}

export interface InferenceRequest {
  readonly market: Address;
  readonly modelId: Hex;
  /** Packed input, see `packInput`. */
  readonly input: Hex;
  readonly feeWei: bigint;
  /** Consumer to call with the output; none by default. */
  readonly callback?: Address;
  readonly callbackGasLimit?: number;
  /** Seconds since 1970. */
  readonly deadline: number;
  /** Who gets the fee back after the deadline; the sender by default. */
  readonly refundee?: Address;
}

/** The terms of an open request, which settling and refunding show to the market again. */
export interface RequestTerms {
  readonly requester: Address;
  readonly modelId: Hex;
  readonly optionsHash: Hex;
  readonly inputHash: Hex;
  readonly refundee: Address;
  readonly callback: Address;
  readonly callbackGasLimit: number;
  readonly deadline: number;
  readonly fee: bigint;
}

export interface OpenRequest {
  readonly requestId: Hex;
  readonly terms: RequestTerms;
  readonly transactionHash: Hex;
  readonly blockNumber: bigint;
  readonly gasUsed: bigint;
}

/** Submits a request with the fee in escrow. Throws ClientError where `market` is no market, or the transaction reverts. */
export async function requestInference(clients: Clients, request: InferenceRequest): Promise<OpenRequest> {
  const params = {
    modelId: request.modelId,
    refundee: request.refundee ?? zeroAddress,
    callback: request.callback ?? zeroAddress,
    callbackGasLimit: request.callbackGasLimit ?? 0,
    deadline: request.deadline,
  };
  const hash = await clients.wallet.writeContract({
    address: request.market,
    abi: requestMarketAbi,
    functionName: "submit",
    args: [params, request.input],
    value: request.feeWei,
  });
  const receipt = await succeeded(clients.publicClient, hash, "submit the request");
  const [event] = parseEventLogs({ abi: requestMarketAbi, logs: receipt.logs, eventName: "RequestSubmitted" });
  if (!event) throw noContract("request market", request.market, hash);
  const { requestId, input, requester, modelId, refundee, callback, callbackGasLimit, deadline, fee } = event.args;
  const terms = {
    requester,
    modelId,
    optionsHash: zeroHash,
    inputHash: keccak256(input),
    refundee,
    callback,
    callbackGasLimit,
    deadline,
    fee,
  };
  return { requestId, terms, transactionHash: hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed };
}

export interface Settlement {
  readonly requestId: Hex;
  readonly output: Hex;
  readonly prover: Address;
  readonly paidWei: bigint;
  readonly transactionHash: Hex;
  readonly gasUsed: bigint;
  /** False when the consumer's call failed (it can be retried); undefined when the request named no consumer. */
  readonly callbackOk: boolean | undefined;
}

export interface WaitOptions {
  readonly fromBlock?: bigint;
  readonly timeoutMs?: number;
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
}

/** Polls until the request is settled; throws SettlementTimeoutError after `timeoutMs` (10 minutes by default). */
export async function waitForSettlement(
  client: PublicClient,
  market: Address,
  requestId: Hex,
  options: WaitOptions = {},
): Promise<Settlement> {
  const { timeoutMs = 600_000, pollMs = 500, fromBlock = 0n, signal } = options;
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    const logs = await client.getContractEvents({
      address: market,
      abi: requestMarketAbi,
      eventName: "RequestSettled",
      args: { requestId },
      fromBlock,
    });
    if (logs.length > 0) return readSettlement(client, logs[0].transactionHash as Hex, requestId);
    if (Date.now() > endMs) {
      throw new SettlementTimeoutError(`request ${requestId} was not settled in time`, {
        expected: `a settlement within ${timeoutMs} ms`,
        remedy: "wait longer, raise the fee, or refund after the deadline",
        retryable: true,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

async function readSettlement(client: PublicClient, transactionHash: Hex, requestId: Hex): Promise<Settlement> {
  const receipt = await client.waitForTransactionReceipt({ hash: transactionHash });
  const events = parseEventLogs({ abi: requestMarketAbi, logs: receipt.logs });
  const mine = events.filter((event) => "requestId" in event.args && event.args.requestId === requestId);
  const settled = mine.find((event) => event.eventName === "RequestSettled");
  if (!settled)
    throw new ClientError("the settlement disappeared", {
      remedy: "the chain reorganised: wait again",
      retryable: true,
    });
  const { output, prover, paid } = settled.args;
  const callback = mine.find(
    (event) => event.eventName === "CallbackSucceeded" || event.eventName === "CallbackFailed",
  );
  const callbackOk = callback ? callback.eventName === "CallbackSucceeded" : undefined;
  return { requestId, output, prover, paidWei: paid, transactionHash, gasUsed: receipt.gasUsed, callbackOk };
}

export interface SettleArguments {
  readonly requestId: Hex;
  readonly terms: RequestTerms;
  readonly input: Hex;
  readonly output: Hex;
  readonly proof: Hex;
  /** The prover that the proof names, who is credited. */
  readonly prover: Address;
}

/** Settles a request with a proof; anyone may send it. */
export async function settle(
  clients: Clients,
  market: Address,
  { terms, ...settlement }: SettleArguments,
): Promise<Settlement> {
  const args = [{ ...settlement, request: terms, options: "0x" }] as const;
  const hash = await clients.wallet.writeContract({
    address: market,
    abi: requestMarketAbi,
    functionName: "settle",
    args,
  });
  await succeeded(clients.publicClient, hash, "settle the request");
  return readSettlement(clients.publicClient, hash, settlement.requestId);
}

/** A transaction to an address without code succeeds and does nothing. */
function noContract(what: string, address: Address, hash: Hex): ClientError {
  return new ClientError(`there is no ${what} at ${address}`, {
    expected: `transaction ${hash} to leave an event`,
    got: "none",
    remedy: "check the address and the chain",
  });
}

async function succeeded(client: PublicClient, hash: Hex, what: string) {
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status === "success") return receipt;
  throw new ClientError(`the transaction to ${what} reverted`, {
    expected: "success",
    got: `transaction ${hash} reverted`,
    remedy: "simulate the call to see the contract's error",
  });
}
