/** What each purpose of a transaction means for the requests it names. */
import { StaleLeaseError } from "../errors.ts";
import type { Sql } from "../store/database.ts";
import { getRequest, type Hex, type RequestRow } from "../store/requests.ts";
import { OPEN_STATES } from "../store/states.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Purpose } from "../store/transactions.ts";
import type { Outcome, PurposeRules } from "./outbox.ts";

const settle: PurposeRules = {
  // A batch goes on while any of its items is open: the market leaves the others out.
  isWanted: async (sql, requestIds) =>
    (await rowsOf(sql, requestIds)).some(({ state }) => OPEN_STATES.includes(state) || state === "confirmed"),
  claim: async (tx, requestIds) => {
    for (const id of requestIds) await tx.move(id, { to: "submitting", from: ["proved"] });
  },
  handedOver: async (tx, requestIds) => {
    for (const { requestId, state } of await rowsOf(tx, requestIds, true))
      if (state === "submitting") await tx.move(requestId, { to: "submitted" });
  },
  closed: async (tx, requestIds, outcome) => {
    for (const row of await rowsOf(tx, requestIds, true)) await closeSettlement(tx, row, outcome);
  },
};

/** After anything but its settlement a request is judged again, by what the market says of it now. */
async function closeSettlement(tx: StoreTransaction, row: RequestRow, outcome: Outcome): Promise<void> {
  const { requestId, state, attempts } = row;
  if (state !== "submitting" && state !== "submitted") return;
  if (outcome.settled.includes(requestId)) {
    if (state === "submitting") await tx.move(requestId, { to: "submitted" });
    return;
  }
  const leftOut = outcome.state === "mined" && outcome.kind === "call";
  const code = leftOut ? "BATCH-ITEM-FAILED" : `TRANSACTION-${outcome.state.toUpperCase()}`;
  await tx.move(requestId, { to: "proved", code, set: { attempts: attempts + 1 } });
}

const lock: PurposeRules = {
  isWanted: async (sql, requestIds) =>
    (await rowsOf(sql, requestIds)).some(({ state, lockProver }) => OPEN_STATES.includes(state) && lockProver === null),
  claim: async (tx, requestIds) => {
    for (const { state } of await rowsOf(tx, requestIds, true)) {
      if (state === "locking") continue;
      throw new StaleLeaseError("the request is no longer to be locked", { expected: "state locking", got: state });
    }
  },
  handedOver: async () => undefined,
  // The lock itself arrives as an event.
  closed: async (tx, requestIds, outcome) => {
    if (outcome.state === "mined" && outcome.kind === "call") return;
    for (const row of await rowsOf(tx, requestIds, true))
      if (row.state === "locking") await judgeAgain(tx, row, outcome.state);
  },
};

/** From the start, without a lock being out. */
export async function judgeAgain(tx: StoreTransaction, row: RequestRow, detail: string): Promise<void> {
  const { requestId, deadline } = row;
  await tx.move(requestId, { to: "seen", from: ["locking"], code: "LOCK-FAILED", detail });
  await tx.enqueue("evaluate", { kind: "request", id: requestId }, { deadline });
}

const refund: PurposeRules = {
  isWanted: async (sql, requestIds) =>
    (await rowsOf(sql, requestIds)).some(({ settledBlock }) => settledBlock === null),
  claim: async (tx, requestIds) => {
    await tx.query("update requests set refund_wanted = false where request_id = any($1)", [requestIds]);
  },
  handedOver: async () => undefined,
  // A refund that failed is found again by the next sweep.
  closed: async () => undefined,
};

export const PURPOSES: Readonly<Record<Purpose, PurposeRules>> = { settle, lock, refund };

async function rowsOf(sql: Sql, requestIds: readonly Hex[], forUpdate = false): Promise<RequestRow[]> {
  const rows: RequestRow[] = [];
  for (const id of requestIds) {
    const row = await getRequest(sql, id, forUpdate);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}
