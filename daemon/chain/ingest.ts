/** What events and reorganizations do to the rows. Everything here runs in the transaction that moves the cursor. */
import type { Logger } from "../logger.ts";
import { resetCursor } from "../store/chain-rows.ts";
import { getRequest, insertRequest, listRequests, type RequestRow } from "../store/requests.ts";
import { OPEN_STATES, type State } from "../store/states.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { MarketEvent } from "./market.ts";

export interface Ingest {
  apply(tx: StoreTransaction, events: readonly MarketEvent[]): Promise<void>;
  /** Moves the cursor back to `ancestor` and undoes everything that rests on later blocks. */
  rollback(tx: StoreTransaction, cursor: number, ancestor: number): Promise<void>;
}

const BEFORE_SENDING: readonly State[] = ["seen", "fetching", "locking", "accepted", "proving", "proved"];
/** Skips that a higher fee may undo. */
const TOO_CHEAP: readonly string[] = ["FEE-TOO-LOW", "UNPROFITABLE", "PRICE-TOO-LOW"];

export function createIngest(isOurs: (prover: string) => boolean, logger: Logger): Ingest {
  async function apply(tx: StoreTransaction, events: readonly MarketEvent[]): Promise<void> {
    for (const event of events) {
      if (event.kind === "submitted") await applySubmitted(tx, event);
      if (event.kind === "settled") await applySettled(tx, event);
      if (event.kind === "refunded") await applyRefunded(tx, event);
      if (event.kind === "amended") await applyAmended(tx, event);
      if (event.kind === "locked") await applyLocked(tx, event);
      if (event.kind === "callback") {
        await tx.query("update requests set callback_ok = $2 where request_id = $1", [event.requestId, event.ok]);
      }
    }
  }

  async function applySubmitted(tx: StoreTransaction, { request }: MarketEvent & { kind: "submitted" }): Promise<void> {
    const { requestId, blockNumber, blockHash, deadline, modelId, fee } = request;
    const row = await getRequest(tx, requestId, true);
    if (row === undefined) {
      await insertRequest(tx, request);
      await tx.enqueue("evaluate", { kind: "request", id: requestId }, { deadline });
      logger.info("WATCH-REQUEST", { requestId, modelId, fee, deadline, blockNumber });
      return;
    }
    await tx.query("update requests set block_number = $2, block_hash = $3 where request_id = $1", [
      requestId,
      blockNumber,
      blockHash,
    ]);
    if (row.state === "reorged") await resume(tx, row);
  }

  async function applySettled(tx: StoreTransaction, event: MarketEvent & { kind: "settled" }): Promise<void> {
    const row = await getRequest(tx, event.requestId, true);
    if (row === undefined) return;
    await tx.query("update requests set settled_block = $2, settled_by = $3, paid = $4 where request_id = $1", [
      event.requestId,
      event.blockNumber,
      event.prover.toLowerCase(),
      event.paid.toString(),
    ]);
    if (isOurs(event.prover) || row.state === "superseded") return;
    await tx.move(event.requestId, { to: "superseded", code: "RIVAL-SETTLED", detail: `settled by ${event.prover}` });
  }

  async function applyAmended(tx: StoreTransaction, event: MarketEvent & { kind: "amended" }): Promise<void> {
    const row = await getRequest(tx, event.requestId, true);
    if (row === undefined) return;
    await tx.query(
      `update requests set amended_block = $2, cancel_at = coalesce($3, cancel_at), extra_fee = coalesce($4, extra_fee)
       where request_id = $1`,
      [event.requestId, event.blockNumber, event.cancelAt ?? null, event.extraFee?.toString() ?? null],
    );
    const wasTooCheap = row.state === "skipped" && TOO_CHEAP.includes(row.code ?? "");
    if (wasTooCheap && (event.extraFee ?? 0n) > row.extraFee) await resume(tx, row);
  }

  async function applyLocked(tx: StoreTransaction, event: MarketEvent & { kind: "locked" }): Promise<void> {
    const { requestId, prover, expiresAt, blockNumber } = event;
    const row = await getRequest(tx, requestId, true);
    if (row === undefined) return;
    await tx.query("update requests set lock_prover = $2, lock_expires = $3, lock_block = $4 where request_id = $1", [
      requestId,
      prover.toLowerCase(),
      expiresAt,
      blockNumber,
    ]);
    if (isOurs(prover)) {
      if (row.state !== "locking") return;
      await tx.move(requestId, { to: "accepted" });
      await tx.enqueue("prove", { kind: "request", id: requestId }, { deadline: Math.min(row.deadline, expiresAt) });
      return;
    }
    // A settlement that was signed already is left to the market, which refuses it.
    if (!BEFORE_SENDING.includes(row.state)) return;
    const detail = `by ${prover} until ${expiresAt}`;
    await tx.move(requestId, { to: "skipped", code: "LOCKED-BY-OTHER", detail, set: { revisitAt: expiresAt + 1 } });
  }

  async function applyRefunded(tx: StoreTransaction, event: MarketEvent & { kind: "refunded" }): Promise<void> {
    const row = await getRequest(tx, event.requestId, true);
    if (row === undefined) return;
    await tx.query("update requests set settled_block = $2 where request_id = $1", [
      event.requestId,
      event.blockNumber,
    ]);
    if (OPEN_STATES.includes(row.state)) await tx.move(event.requestId, { to: "superseded", code: "REFUNDED" });
  }

  async function rollback(tx: StoreTransaction, cursor: number, ancestor: number): Promise<void> {
    await resetCursor(tx, cursor, ancestor);
    await tx.query(
      `update transactions t set state = case
         when exists (select 1 from transactions o where o.request_ids && t.request_ids and o.purpose = t.purpose and o.state = 'pending') then 'lost'
         else 'pending' end,
         mined_hash = null, mined_block = null, missing_receipts = 0, updated_at = now()
       where t.mined_block > $1`,
      [ancestor],
    );
    for (const row of await listRequests(tx, "block_number > $1 and state <> 'reorged' order by request_id", [
      ancestor,
    ])) {
      await tx.move(row.requestId, { to: "reorged", code: "REORG", detail: `after block ${ancestor}` });
    }
    await tx.query(
      "update requests set cancel_at = null, extra_fee = '0', amended_block = null where amended_block > $1",
      [ancestor],
    );
    await tx.query(
      "update requests set lock_prover = null, lock_expires = null, lock_block = null where lock_block > $1",
      [ancestor],
    );
    const unsettled = await listRequests(
      tx,
      "block_number <= $1 and settled_block > $1 and state in ('confirmed', 'superseded', 'expired') order by request_id",
      [ancestor],
    );
    await tx.query(
      "update requests set settled_block = null, settled_by = null, paid = null, callback_ok = null where settled_block > $1",
      [ancestor],
    );
    for (const row of unsettled) await resume(tx, row);
  }

  return { apply, rollback };
}

/** Picks a request up again: at its transaction when one waits, else from the start, where a stored proof is found again. */
async function resume(tx: StoreTransaction, row: RequestRow): Promise<void> {
  const waiting = await tx.query(
    "select 1 from transactions where request_ids @> array[$1::text] and state = 'pending' and purpose = 'settle'",
    [row.requestId],
  );
  if (waiting.length > 0) {
    await tx.move(row.requestId, { to: "submitted", code: "RESUMED" });
    return;
  }
  await tx.move(row.requestId, { to: "seen", code: "RESUMED", set: { attempts: 0, leaseUntil: null } });
  await tx.enqueue("evaluate", { kind: "request", id: row.requestId }, { deadline: row.deadline });
}
