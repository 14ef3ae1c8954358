/**
 * Several settlements in one transaction, when that is cheaper than one each.
 *
 * An item of a batch runs in a call of its own: it can fail only itself, and needs `itemGasLimit` gas at hand when its turn comes.
 * A node's estimate for a batch is of no use, because a batch with too little gas does not revert, it leaves items out. So the gas of a batch
 * is put together from the estimates of its items, and the whole is simulated with the gas limit it will have. The pairing that the
 * items share is counted as if each paid its own, so a batch costs less than it is drafted at.
 */
import { decodeFunctionResult, type PublicClient } from "viem";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import type { Hex } from "../store/requests.ts";
import { batchCalldata } from "./calls.ts";
import { type PreparedSettlement, withMargin } from "./settlement.ts";

export interface Batch {
  readonly items: readonly PreparedSettlement[];
  readonly data: Hex;
  readonly gasLimit: bigint;
  /** What it saves against a transaction per item, by the estimates. */
  readonly savedGas: bigint;
}

/** What every transaction pays besides its calldata. */
const TRANSACTION_GAS = 21_000n;
/** The item's call, its share of the loop, and the copy of its arguments. */
const ITEM_OVERHEAD_GAS = 4_000n;
/** The batch's own calldata and dispatch. */
const BATCH_OVERHEAD_GAS = 5_000n;
/** What the market keeps back after an item, with its cushion (contracts/base/Settlements.sol). */
const RESERVE_GAS = 20_000n;
/** EIP-7825: no transaction may have more. */
const MAX_TRANSACTION_GAS = 2n ** 24n;

const SETTLED = 1;

/** The largest batch of the first items that pays and would succeed; undefined when one transaction each is better. */
export async function planBatch(
  client: PublicClient,
  candidates: readonly PreparedSettlement[],
  { market, sender }: { market: Hex; sender: Hex },
): Promise<Batch | undefined> {
  let items = candidates;
  while (items.length > 1) {
    const plan = draft(items);
    if (plan.gasLimit > MAX_TRANSACTION_GAS) {
      items = items.slice(0, -1);
      continue;
    }
    if (plan.savedGas <= 0n) return undefined;
    const { data } = await client.call({ account: sender, to: market, data: plan.data, gas: plan.gasLimit });
    const outcomes = decodeFunctionResult({ abi: requestMarketAbi, functionName: "settleBatch", data: data! });
    const good = items.filter((_, item) => outcomes[item] === SETTLED);
    if (good.length === items.length) return plan;
    items = good;
  }
  return undefined;
}

/** The batch of these items, by arithmetic alone. */
export function draft(items: readonly PreparedSettlement[]): Batch {
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  const inside = items.map(({ gas }) => gas - TRANSACTION_GAS);
  const apart = sum(items.map(({ gas }) => gas));
  const together = TRANSACTION_GAS + BATCH_OVERHEAD_GAS + sum(inside) + ITEM_OVERHEAD_GAS * BigInt(items.length);
  const itemGasLimit = withMargin([...inside].sort((a, b) => Number(b - a))[0]!);
  // The last item finds its limit at hand when each of the others has used what it was estimated at, with a margin.
  const gasLimit =
    TRANSACTION_GAS +
    BATCH_OVERHEAD_GAS +
    sum(inside.map((gas) => withMargin(gas) + ITEM_OVERHEAD_GAS)) +
    (itemGasLimit * 64n) / 63n +
    RESERVE_GAS;
  return {
    items,
    data: batchCalldata(
      items.map(({ settlement }) => settlement),
      itemGasLimit,
    ),
    gasLimit,
    savedGas: apart - together,
  };
}
