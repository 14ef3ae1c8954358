/** Calls of the market that a transaction carries, and why one would revert. */
import {
  BaseError,
  ContractFunctionRevertedError,
  decodeErrorResult,
  encodeFunctionData,
  type PublicClient,
  RawContractError,
} from "viem";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import type { Hex, RequestRow } from "../store/requests.ts";

/** One item of `settle` and `settleBatch`. */
export interface SettlementArguments {
  readonly requestId: Hex;
  readonly request: ReturnType<typeof termsOf>;
  readonly input: Hex;
  readonly output: Hex;
  readonly proof: Hex;
  readonly prover: Hex;
  readonly options: Hex;
}

export function termsOf(row: RequestRow) {
  const { requester, modelId, optionsHash, inputHash, refundee, callback, callbackGasLimit, deadline, fee } = row;
  return { requester, modelId, optionsHash, inputHash, refundee, callback, callbackGasLimit, deadline, fee };
}

export const settleCalldata = (settlement: SettlementArguments): Hex =>
  encodeFunctionData({ abi: requestMarketAbi, functionName: "settle", args: [settlement] });

export const batchCalldata = (settlements: readonly SettlementArguments[], itemGasLimit: bigint): Hex =>
  encodeFunctionData({ abi: requestMarketAbi, functionName: "settleBatch", args: [settlements, itemGasLimit] });

export const lockCalldata = (row: RequestRow, options: Hex): Hex =>
  encodeFunctionData({ abi: requestMarketAbi, functionName: "lock", args: [row.requestId, termsOf(row), options] });

export const refundCalldata = (row: RequestRow, options: Hex): Hex =>
  encodeFunctionData({ abi: requestMarketAbi, functionName: "refund", args: [row.requestId, termsOf(row), options] });

/** What settling now would pay `prover`, in the request's token. */
export async function quotedPayment(
  client: PublicClient,
  market: Hex,
  row: RequestRow,
  options: Hex,
  prover: Hex,
): Promise<bigint> {
  const [paid] = await client.readContract({
    address: market,
    abi: requestMarketAbi,
    functionName: "quote",
    args: [row.requestId, termsOf(row), options, prover],
  });
  return paid;
}

/** The name of the market's error that a call reverted with, or its selector. */
export function revertName(error: unknown): string | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError) return reverted.data?.errorName;
  const raw = error.walk(
    (cause) => cause instanceof RawContractError || typeof (cause as { data?: unknown }).data === "string",
  );
  const data = (raw as { data?: unknown } | null)?.data;
  const bytes = typeof data === "string" ? data : (data as { data?: unknown } | undefined)?.data;
  if (typeof bytes !== "string" || !/^0x[0-9a-f]{8}/i.test(bytes)) return undefined;
  try {
    return decodeErrorResult({ abi: requestMarketAbi, data: bytes as Hex }).errorName;
  } catch {
    return bytes.slice(0, 10);
  }
}
