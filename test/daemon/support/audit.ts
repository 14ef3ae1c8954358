/** What chain and store say when a daemon's work is over: computed from both, never assumed. */
import { appendFileSync } from "node:fs";
import { type Address, decodeFunctionData, type Hex, parseEventLogs } from "viem";
import { requestMarketAbi } from "../../../contracts/abi/request-market.gen.ts";
import { MARKET_STATUS } from "../../../daemon/chain/market.ts";
import { openDatabase } from "../../../daemon/store/database.ts";
import { OPEN_STATES } from "../../../daemon/store/states.ts";
import type { TestMarket } from "./market.ts";

export interface Audit {
  /** Requests on the chain. */
  readonly requests: number;
  /** Requests the store does not know, or that are open on the chain although the daemon neither refused them nor saw them expire. */
  readonly lost: readonly Hex[];
  /** Requests with more than one settlement event. */
  readonly settledTwice: readonly Hex[];
  /** Requests that the account paid the gas of more than one mined settlement for. */
  readonly paidTwice: readonly Hex[];
}

const REFUSED = ["skipped", "expired"];

/** The daemons must have ended. For markets without rivals: a rival may cost the account a settlement that fails. */
export async function audit(market: TestMarket, database: string, account: Address): Promise<Audit> {
  const { publicClient } = market.chain;
  const logs = await publicClient.getLogs({ address: market.market, fromBlock: 0n });
  const events = parseEventLogs({ abi: requestMarketAbi, logs });
  const idsOf = (...names: readonly string[]) =>
    events.flatMap((event) => (names.includes(event.eventName) ? [(event.args as { requestId: Hex }).requestId] : []));
  const requests = idsOf("RequestSubmitted", "OfferSubmitted");
  const settled = idsOf("RequestSettled");
  const paid = await settlementsPaidBy(market, account);

  const db = await openDatabase(database);
  try {
    const rows = await db.query<{ request_id: Hex; state: string }>("select request_id, state from requests");
    const states = new Map(rows.map(({ request_id, state }) => [request_id, state]));
    const lost: Hex[] = [];
    for (const id of requests) {
      const state = states.get(id);
      const isOpen = MARKET_STATUS[await market.status(id)] === "Open";
      const isForgotten = state === undefined || state === "reorged";
      if (isForgotten || (isOpen ? !REFUSED.includes(state) : (OPEN_STATES as readonly string[]).includes(state)))
        lost.push(id);
    }
    return { requests: requests.length, lost, settledTwice: repeated(settled), paidTwice: repeated(paid) };
  } finally {
    await db.close();
  }
}

/** One entry per request and mined transaction of the account that names it in a settlement, successful or not. */
async function settlementsPaidBy({ market, chain }: TestMarket, account: Address): Promise<Hex[]> {
  const paid: Hex[] = [];
  const head = await chain.publicClient.getBlockNumber();
  for (let blockNumber = 0n; blockNumber <= head; blockNumber++) {
    const { transactions } = await chain.publicClient.getBlock({ blockNumber, includeTransactions: true });
    for (const { from, to, input } of transactions) {
      if (from.toLowerCase() !== account.toLowerCase() || to?.toLowerCase() !== market.toLowerCase()) continue;
      const { functionName, args } = decodeFunctionData({ abi: requestMarketAbi, data: input });
      if (functionName === "settle") paid.push(args[0].requestId);
      if (functionName === "settleBatch") paid.push(...args[0].map(({ requestId }) => requestId));
    }
  }
  return paid;
}

function repeated(ids: readonly Hex[]): Hex[] {
  const seen = new Set<Hex>();
  const twice = new Set<Hex>();
  for (const id of ids) {
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  return [...twice];
}

export interface Counts {
  readonly requests: number;
  readonly kills: number;
  readonly reorgs: number;
  readonly faults: number;
  readonly lost: number;
  readonly settledTwice: number;
  readonly paidTwice: number;
}

/** Memory of the largest daemon after a tenth and after all of many requests. */
export interface Load {
  readonly requests: number;
  readonly daemons: number;
  readonly earlyMb: number;
  readonly lateMb: number;
}

/** Adds to the figures of the long form; GAVEL_DAEMON_REPORT names its file, one JSON object per line. */
export function report(counts: Partial<Counts> & { load?: Load }): void {
  const file = process.env["GAVEL_DAEMON_REPORT"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(counts)}\n`);
}

export const countsOf = ({ requests, lost, settledTwice, paidTwice }: Audit): Partial<Counts> => ({
  requests,
  lost: lost.length,
  settledTwice: settledTwice.length,
  paidTwice: paidTwice.length,
});
