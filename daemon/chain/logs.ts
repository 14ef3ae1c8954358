/**
 * Log queries whose block range adapts to what the endpoint allows.
 *
 * Providers refuse a range in many words and codes, so any answer that is about the call (not the endpoint's health) halves it, down
 * to one block. A range suggested by the provider is not used: some suggest the range they have just refused.
 */
import { numberToHex, type PublicClient } from "viem";
import type { Hex } from "../store/requests.ts";
import { isEndpointFault } from "./rpc.ts";

export interface LogReader {
  /** Logs of the contract in [from, to], or in the first part of it: `to` says how far. */
  range(
    client: PublicClient,
    from: number,
    to: number,
    topics?: readonly (Hex | readonly Hex[] | null)[],
  ): Promise<{ logs: unknown[]; to: number }>;
  /** Logs of one block, by hash: an endpoint that does not have the block says so. */
  block(client: PublicClient, blockHash: Hex): Promise<unknown[]>;
}

/** Successes in a row after which a larger range is tried. */
const GROW_AFTER = 4;

export function createLogReader(address: Hex, maxRange: number): LogReader {
  let size = maxRange;
  let successes = 0;
  const query = (client: PublicClient, filter: object): Promise<unknown[]> =>
    client.request({ method: "eth_getLogs", params: [{ address, ...filter }] } as never);
  return {
    range: async (client, from, to, topics) => {
      for (;;) {
        const last = Math.min(to, from + size - 1);
        try {
          const filter = { fromBlock: numberToHex(from), toBlock: numberToHex(last), ...(topics ? { topics } : {}) };
          const logs = await query(client, filter);
          if (++successes >= GROW_AFTER && size < maxRange) {
            size = Math.min(maxRange, size * 2);
            successes = 0;
          }
          return { logs, to: last };
        } catch (error) {
          successes = 0;
          // Some providers answer a range that is too large with HTTP 400 or 413.
          if ((isEndpointFault(error) && !isHttpClientFault(error)) || size === 1) throw error;
          size = Math.max(1, Math.floor(Math.min(size, last - from + 1) / 2));
        }
      }
    },
    block: (client, blockHash) => query(client, { blockHash }),
  };
}

function isHttpClientFault(error: unknown): boolean {
  for (let at = error as { status?: number; cause?: unknown } | undefined; at; at = at.cause as never) {
    if (at.status === 400 || at.status === 413) return true;
  }
  // Range errors with the code of a rate limit name the range.
  return /block range|range limit|too many (results|logs|blocks)|more than \d+ (results|logs|blocks)|response size/i.test(
    String((error as Error).message),
  );
}
