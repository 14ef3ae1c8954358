/** Reads a daemon's HTTP interface, and counts what the chain says of its settlements. */
import { parseEventLogs } from "viem";
import { requestMarketAbi } from "../../../contracts/abi/request-market.gen.ts";
import type { State } from "../../../daemon/store/states.ts";
import type { TestMarket } from "./market.ts";
import { until } from "./until.ts";

export interface ShownRequest {
  readonly state: State;
  readonly code: string | null;
  readonly history: readonly { from: State | null; to: State; code: string | null }[];
}

/** On a connection of its own: one that is kept may be closed by the daemon while this process stands still. */
export const fetchFresh: typeof fetch = (url, { headers, ...options } = {}) =>
  fetch(url, { ...options, headers: { ...headers, connection: "close" } });

export async function shown(url: string, requestId: string): Promise<ShownRequest | undefined> {
  const response = await fetchFresh(`${url}/requests/${requestId}`);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`GET /requests/${requestId}: ${response.status} ${await response.text()}`);
  return (await response.json()) as ShownRequest;
}

export async function untilState(
  url: string,
  requestId: string,
  state: State,
  timeoutMs?: number,
): Promise<ShownRequest> {
  let last: ShownRequest | undefined;
  const reached = async (): Promise<boolean> => {
    last = await shown(url, requestId);
    return last?.state === state;
  };
  try {
    await until(`state ${state}`, reached, timeoutMs);
  } catch (error) {
    throw new Error(`${(error as Error).message}; it is ${JSON.stringify(last)}`);
  }
  return last!;
}

/** How often the market settled a request. */
export async function settlements(market: TestMarket, requestId: string): Promise<number> {
  const logs = await market.chain.publicClient.getLogs({ address: market.market, fromBlock: 0n });
  const settled = parseEventLogs({ abi: requestMarketAbi, logs, eventName: "RequestSettled" });
  return settled.filter(({ args }) => args.requestId === requestId).length;
}

/** Transactions an account has had mined. */
export function transactionsOf(market: TestMarket, account: number): Promise<number> {
  return market.chain.publicClient.getTransactionCount({ address: market.chain.account(account).address });
}
