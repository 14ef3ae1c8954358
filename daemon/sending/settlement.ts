/** What is checked before gas is spent: the proof is there, the settlement would succeed now, and it pays. */
import { bytesToHex, type PublicClient } from "viem";
import { currentFees, type Fees } from "../chain/fees.ts";
import { optionsBytes } from "../chain/offer.ts";
import type { ProverLists } from "../chain/prover-lists.ts";
import { isEndpointFault } from "../chain/rpc.ts";
import { ETH, type Worth } from "../jobs/worth.ts";
import { errorText } from "../logger.ts";
import type { ProofFiles } from "../store/proof-files.ts";
import type { Hex, RequestRow } from "../store/requests.ts";
import { quotedPayment, revertName, type SettlementArguments, settleCalldata, termsOf } from "./calls.ts";

export interface SettlementPolicy {
  readonly proofs: ProofFiles;
  readonly proverLists: ProverLists;
  readonly worth: Worth;
  readonly market: Hex;
  readonly prover: Hex;
  readonly profitCheck: boolean;
  readonly minProfitWei: bigint;
  readonly maxFeePerGasWei: bigint;
  readonly maxAttempts: number;
}

export interface PreparedSettlement {
  readonly kind: "ready";
  readonly request: RequestRow;
  readonly settlement: SettlementArguments;
  readonly data: Hex;
  /** Of a transaction with this settlement alone, as the endpoint estimates it. */
  readonly gas: bigint;
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
  const { market, prover } = policy;
  const options = optionsOf(request, policy.proverLists, prover);
  const settlement: SettlementArguments = {
    requestId: request.requestId,
    request: termsOf(request),
    input: request.input,
    output: bytesToHex(stored.output),
    proof: bytesToHex(stored.proof),
    prover,
    options,
  };
  const data = settleCalldata(settlement);
  let gas: bigint;
  let payment: bigint;
  try {
    await client.call({ account: sender, to: market, data });
    gas = await client.estimateGas({ account: sender, to: market, data });
    payment =
      request.options === null
        ? request.fee + request.extraFee
        : await quotedPayment(client, market, request, options, prover);
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
  if (policy.profitCheck) {
    const worth = policy.worth(request.options?.token ?? ETH, payment) ?? 0n;
    const cost = gas * fees.gasPriceWei;
    if (cost + policy.minProfitWei > worth) return { kind: "wait", reason: `gas costs ${cost} of ${worth} wei now` };
  }
  return { kind: "ready", request, settlement, data, gas, fees };
}

/** The estimate is for today's state; storage that another settlement touches first costs more. */
export const withMargin = (gas: bigint): bigint => gas + gas / 5n + 20_000n;

export function optionsOf(request: RequestRow, lists: ProverLists, prover: Hex): Hex {
  const { options } = request;
  return optionsBytes(options, options === null ? [] : (lists.proofFor(options.provers, prover) ?? []));
}
