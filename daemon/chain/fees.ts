/** EIP-1559 fees: the first offer, and the replacement that nodes accept. */
import type { PublicClient } from "viem";

export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** Used when an endpoint does not know eth_maxPriorityFeePerGas. */
const DEFAULT_TIP_WEI = 1_000_000_000n;

/** Covers six full blocks in a row, each of which raises the base fee by an eighth. */
const BASE_FEE_FACTOR = 2n;

export async function currentFees(client: PublicClient, capWei: bigint): Promise<Fees & { gasPriceWei: bigint }> {
  const [block, tip] = await Promise.all([
    client.getBlock({ blockTag: "latest" }),
    client.estimateMaxPriorityFeePerGas().catch(() => DEFAULT_TIP_WEI),
  ]);
  const baseFee = block.baseFeePerGas ?? 0n;
  const maxPriorityFeePerGas = min(tip, capWei);
  return {
    maxFeePerGas: min(baseFee * BASE_FEE_FACTOR + maxPriorityFeePerGas, capWei),
    maxPriorityFeePerGas,
    gasPriceWei: baseFee + maxPriorityFeePerGas,
  };
}

/**
 * Fees of a replacement: both raised by at least an eighth, which is what nodes ask for, and no lower than what is offered now.
 * Undefined when the cap leaves no room for that.
 */
export function bumpedFees(previous: Fees, current: Fees, capWei: bigint): Fees | undefined {
  const raise = (fee: bigint) => (fee * 1125n + 999n) / 1000n + 1n;
  const maxPriorityFeePerGas = max(raise(previous.maxPriorityFeePerGas), current.maxPriorityFeePerGas);
  const maxFeePerGas = max(max(raise(previous.maxFeePerGas), current.maxFeePerGas), maxPriorityFeePerGas);
  if (maxFeePerGas <= capWei) return { maxFeePerGas, maxPriorityFeePerGas };
  const smallest = {
    maxFeePerGas: raise(previous.maxFeePerGas),
    maxPriorityFeePerGas: raise(previous.maxPriorityFeePerGas),
  };
  return smallest.maxFeePerGas <= capWei ? { ...smallest, maxFeePerGas: capWei } : undefined;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
