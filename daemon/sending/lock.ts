/** Locks a request by staking its collateral, or finds that it is better proved without. */
import type { PublicClient } from "viem";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { currentFees, type Fees } from "../chain/fees.ts";
import { isEndpointFault } from "../chain/rpc.ts";
import { ETH } from "../jobs/worth.ts";
import { errorText } from "../logger.ts";
import type { Hex, RequestRow } from "../store/requests.ts";
import { lockCalldata, revertName } from "./calls.ts";
import { optionsOf, type SettlementPolicy, withMargin } from "./settlement.ts";

export type LockPreparation =
  | {
      readonly kind: "ready";
      readonly data: Hex;
      readonly value: bigint;
      readonly gasLimit: bigint;
      readonly fees: Fees;
    }
  /** The request is not to be had: it is judged again. */
  | { readonly kind: "judge-again"; readonly reason: string }
  /** The lock is not to be had: the request is proved without. */
  | { readonly kind: "without"; readonly reason: string };

/** Reverts after which the request's terms no longer hold. */
const GONE = ["AlreadyLocked", "WrongStatus", "RequestExpired", "ProverNotAllowed"];

/** ETH comes from the balance in the market when that is enough, else with the transaction; tokens as the market takes them. */
export async function prepareLock(
  client: PublicClient,
  request: RequestRow,
  policy: SettlementPolicy,
  sender: Hex,
): Promise<LockPreparation> {
  const { token, collateral } = request.options!;
  const { market: to } = policy;
  const data = lockCalldata(request, optionsOf(request, policy.proverLists, sender));
  try {
    const credit = await client.readContract({
      address: to,
      abi: requestMarketAbi,
      functionName: "balanceOf",
      args: [token, sender],
    });
    const value = token === ETH && credit < collateral ? collateral : 0n;
    const gas = await client.estimateGas({ account: sender, to, data, value });
    return {
      kind: "ready",
      data,
      value,
      gasLimit: withMargin(gas),
      fees: await currentFees(client, policy.maxFeePerGasWei),
    };
  } catch (error) {
    if (isEndpointFault(error)) throw error;
    const reason = revertName(error) ?? errorText(error);
    return { kind: GONE.includes(reason) ? "judge-again" : "without", reason };
  }
}
