/** Settling many requests in one transaction: one pairing for all proofs, and an outcome for each. */
import { type Address, decodeErrorResult, type Hex, parseEventLogs } from "viem";
import { requestMarketAbi } from "../contracts/abi/request-market.gen.ts";
import { ClientError, type Clients, type SettleArguments } from "./client.ts";

export interface ItemOutcome {
  readonly requestId: Hex;
  readonly outcome: "settled" | "failed" | "not attempted";
  /** Why an item failed: the name of the market's error, or the start of another contract's revert data. */
  readonly reason?: string;
}

export interface BatchSettlement {
  readonly transactionHash: Hex;
  readonly gasUsed: bigint;
  /** In the order of the items. */
  readonly items: readonly ItemOutcome[];
}

/** EIP-7825: the most gas one transaction may ask for. */
const TRANSACTION_GAS_CAP = 2n ** 24n;
/** Calldata of an item, the shared pairing's part of it, and the loop around its calls. */
const ITEM_OVERHEAD_GAS = 250_000n;
/** The transaction, the pairing. */
const BATCH_OVERHEAD_GAS = 250_000n;

/**
 * Settles requests of any models; anyone may send it. An item that fails changes nothing and stops no other.
 *
 * `itemGasLimit` bounds each of an item's two calls: verification alone, and the settlement with its callback. The transaction asks for
 * what that can add up to, since an estimate would find the gas at which no item is attempted.
 */
export async function settleBatch(
  { publicClient, wallet }: Clients,
  market: Address,
  settlements: readonly SettleArguments[],
  itemGasLimit: bigint,
): Promise<BatchSettlement> {
  const args = settlements.map(({ terms, ...item }) => ({ ...item, request: terms, options: "0x" as const }));
  const gas = BATCH_OVERHEAD_GAS + BigInt(args.length) * (2n * itemGasLimit + ITEM_OVERHEAD_GAS);
  const hash = await wallet.writeContract({
    address: market,
    abi: requestMarketAbi,
    functionName: "settleBatch",
    args: [args, itemGasLimit],
    gas: gas < TRANSACTION_GAS_CAP ? gas : TRANSACTION_GAS_CAP,
  });
  const { status, logs, gasUsed } = await publicClient.waitForTransactionReceipt({ hash });
  if (status !== "success") {
    throw new ClientError("the transaction to settle a batch reverted", {
      expected: "an outcome for each item",
      got: `transaction ${hash} reverted`,
      remedy: "the market is paused, or the gas did not suffice for what the last item left to do: simulate the call",
    });
  }
  const events = parseEventLogs({ abi: requestMarketAbi, logs, eventName: ["RequestSettled", "BatchItemFailed"] });
  const failures = new Map<number, Hex>();
  const settled = new Set<Hex>();
  for (const event of events) {
    if (event.eventName === "BatchItemFailed") failures.set(Number(event.args.item), event.args.reason);
    else settled.add(event.args.requestId);
  }
  const items = settlements.map(({ requestId }, item): ItemOutcome => {
    const reason = failures.get(item);
    if (reason !== undefined) return { requestId, outcome: "failed", reason: errorName(reason) };
    return { requestId, outcome: settled.has(requestId) ? "settled" : "not attempted" };
  });
  return { transactionHash: hash, gasUsed, items };
}

function errorName(data: Hex): string {
  try {
    return decodeErrorResult({ abi: requestMarketAbi, data }).errorName;
  } catch {
    return data;
  }
}
