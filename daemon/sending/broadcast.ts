/** Hands signed bytes to every endpoint. What an endpoint answers is a hint; the outcome is read from the chain later. */

import { isEndpointFault, type Rpc } from "../chain/rpc.ts";
import type { Sql } from "../store/database.ts";
import type { Hex } from "../store/requests.ts";
import { markBroadcast } from "../store/transactions.ts";

export interface BroadcastResult {
  /** An endpoint has it, or may have it. */
  readonly accepted: boolean;
  readonly refusal: unknown;
}

export async function broadcast(rpc: Rpc, sql: Sql, { hash, raw }: { hash: Hex; raw: Hex }): Promise<BroadcastResult> {
  const outcomes = await Promise.allSettled(
    rpc.endpoints().map((client) => client.request({ method: "eth_sendRawTransaction", params: [raw] })),
  );
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  // A time-out may come after the transaction was taken in.
  const accepted =
    errors.length < outcomes.length || errors.some((error) => isKnownAlready(error) || isEndpointFault(error));
  if (accepted) await markBroadcast(sql, hash);
  return { accepted, refusal: errors[0] };
}

function isKnownAlready(error: Error): boolean {
  return /already known|already imported|known transaction|alreadyknown|nonce too low/i.test(`${error.message}`);
}
