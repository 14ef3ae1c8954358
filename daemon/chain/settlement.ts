/** What is checked before gas is spent: the proof is there, the settlement would succeed now, and it pays. */
import {
  BaseError,
  bytesToHex,
  ContractFunctionRevertedError,
  decodeErrorResult,
  type PublicClient,
  RawContractError,
} from "viem";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { errorText } from "../logger.ts";
import type { ProofFiles } from "../store/proof-files.ts";
import type { Hex, RequestRow } from "../store/requests.ts";
import { currentFees, type Fees } from "./fees.ts";
import { settleCalldata } from "./market.ts";
import { isEndpointFault } from "./rpc.ts";

export interface SettlementPolicy {
  readonly proofs: ProofFiles;
  readonly market: Hex;
  readonly prover: Hex;
  readonly profitCheck: boolean;
  readonly minProfitWei: bigint;
  readonly maxFeePerGasWei: bigint;
  readonly maxAttempts: number;
}

export interface PreparedSettlement {
  readonly kind: "ready";
  readonly data: Hex;
  readonly gasLimit: bigint;
  readonly fees: Fees;
}

export type Preparation =
  | PreparedSettlement
  | { readonly kind: "wait"; readonly reason: string }
  | { readonly kind: "prove-again" }
  | { readonly kind: "failed"; readonly code: string; readonly reason: string };

/** Reverts that time may cure. */
const PASSING_ERRORS = ["MarketPaused", "LockedByOther", "WrongStatus", "RequestExpired"];

export async function prepareSettlement(
  client: PublicClient,
  request: RequestRow,
  policy: SettlementPolicy,
  sender: Hex,
): Promise<Preparation> {
  const stored = request.proofKey === null ? undefined : await policy.proofs.read(request.proofKey);
  if (stored === undefined) return { kind: "prove-again" };
  const data = settleCalldata(request, {
    output: bytesToHex(stored.output),
    proof: bytesToHex(stored.proof),
    prover: policy.prover,
  });
  let gas: bigint;
  try {
    await client.call({ account: sender, to: policy.market, data });
    gas = await client.estimateGas({ account: sender, to: policy.market, data });
  } catch (error) {
    if (isEndpointFault(error)) throw error;
    const name = revertName(error);
    if (name !== undefined && PASSING_ERRORS.includes(name)) return { kind: "wait", reason: name };
    if (request.attempts >= policy.maxAttempts || name !== undefined) {
      return { kind: "failed", code: "SIMULATION-REVERTED", reason: name ?? errorText(error) };
    }
    return { kind: "wait", reason: errorText(error) };
  }
  const fees = await currentFees(client, policy.maxFeePerGasWei);
  if (policy.profitCheck && gas * fees.gasPriceWei + policy.minProfitWei > request.fee + request.extraFee) {
    return { kind: "wait", reason: `gas costs ${gas * fees.gasPriceWei} of a fee of ${request.fee} wei now` };
  }
  // The estimate is for today's state; storage that another settlement touches first costs more.
  return { kind: "ready", data, gasLimit: gas + gas / 5n + 20_000n, fees };
}

/** The name of the market's error that a call reverted with. */
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
