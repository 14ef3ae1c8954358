/**
 * Decides what the account sends next: settlements of what is proved, alone or in batches, locks, and refunds.
 *
 * One process at a time does so for an account, under a lease; what it signs goes through the outbox.
 */
import { currentFees } from "../chain/fees.ts";
import { statusOf } from "../chain/market.ts";
import type { Rpc } from "../chain/rpc.ts";
import { StaleLeaseError } from "../errors.ts";
import type { Breaker } from "../jobs/breaker.ts";
import type { Logger } from "../logger.ts";
import { dropLease, requireLease, takeLease } from "../store/leases.ts";
import { type Hex, listRequests, type RequestRow } from "../store/requests.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import type { Purpose } from "../store/transactions.ts";
import { planBatch } from "./batch.ts";
import { refundCalldata, revertName } from "./calls.ts";
import { prepareLock } from "./lock.ts";
import { createOutbox, type OutboxOptions } from "./outbox.ts";
import { judgeAgain, PURPOSES } from "./purposes.ts";
import {
  optionsOf,
  type PreparedSettlement,
  prepareSettlement,
  type SettlementPolicy,
  withMargin,
} from "./settlement.ts";
import type { Signer } from "./signer.ts";

export type SendOutcome = "mined" | "reverted" | "lost" | "bumped" | "cancelled";

export interface SenderOptions extends SettlementPolicy, Pick<OutboxOptions, "bumpAfterMs" | "cursor"> {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly logger: Logger;
  readonly breaker: Breaker;
  readonly signer: Signer;
  readonly chainId: number;
  readonly market: Hex;
  /** Names this process among those that share the database. */
  readonly holder: string;
  /** Pause between ticks. */
  readonly pollMs: number;
  readonly maxInFlight: number;
  readonly maxBatch: number;
  readonly dryRun: boolean;
  readonly onOutcome: (purpose: Purpose, outcome: SendOutcome, feePaidWei: bigint) => void;
}

export interface Sender {
  tick(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** After a process that held the lease died, another sends after this time at the latest. */
const LEASE_SECONDS = 10;
/** Looks at others before a request that had to wait is looked at again. */
const POSTPONED_POLLS = 5;

export function createSender(options: SenderOptions): Sender {
  const { store, rpc, logger, signer, chainId, holder, breaker, market } = options;
  const { client } = rpc;
  const leaseName = `sender:${chainId}:${signer.address.toLowerCase()}`;
  // Renewed by each tick, so it outlasts a few of them.
  const leaseSeconds = Math.max(LEASE_SECONDS, (5 * options.pollMs) / 1000);
  let epoch = 0;
  /** Requests that could not be settled a moment ago, until when others go first. */
  const postponed = new Map<Hex, number>();

  function fenced<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    return store.transaction(async (tx) => {
      await requireLease(tx, leaseName, epoch);
      return work(tx);
    });
  }

  const outbox = createOutbox({
    ...options,
    rules: PURPOSES,
    fenced,
    onOutcome: ({ purpose }, outcome, feePaidWei) => {
      if (outcome === "mined") breaker.success();
      if (outcome === "reverted") breaker.failure(`${purpose} reverted`);
      options.onOutcome(purpose, outcome, feePaidWei);
    },
  });

  async function tick(signal: AbortSignal): Promise<void> {
    const taken = await takeLease(store, leaseName, holder, leaseSeconds);
    if (taken === undefined) return;
    epoch = taken;
    await outbox.advance(signal);
    if (breaker.isOpen()) return;
    const waiting = await outbox.waiting();
    let free = options.maxInFlight - waiting.length;
    const inFlight = new Set(waiting.flatMap(({ requestIds }) => requestIds));
    const nowMs = performance.now();
    for (const [requestId, untilMs] of postponed) if (untilMs <= nowMs) postponed.delete(requestId);
    const passedOver = [...inFlight, ...postponed.keys()];
    const next = (where: string, limit: number) =>
      listRequests(store, `${where} and request_id <> all($1) order by deadline limit $2`, [passedOver, limit]);
    if (free > 0)
      free -= await settleReady(
        await next("state = 'proved' and settled_block is null and coalesce(code, '') <> 'DRY-RUN'", options.maxBatch),
        free,
        signal,
      );
    for (const request of free > 0 ? await next("state = 'locking'", free) : []) {
      if (signal.aborted) return;
      if (await lock(request)) free--;
    }
    for (const request of free > 0 ? await next("refund_wanted and settled_block is null", free) : []) {
      if (signal.aborted) return;
      await refund(request);
    }
  }

  /** Returns the number of transactions sent. */
  async function settleReady(requests: readonly RequestRow[], free: number, signal: AbortSignal): Promise<number> {
    const batchable: PreparedSettlement[] = [];
    const alone: PreparedSettlement[] = [];
    for (const request of requests) {
      if (signal.aborted || (options.maxBatch === 1 && alone.length === free)) break;
      const prepared = await prepare(request);
      if (prepared === undefined) continue;
      // One that failed in a transaction before shows its fault best by itself.
      (request.code === null ? batchable : alone).push(prepared);
    }
    let sent = 0;
    while (sent < free && !signal.aborted) {
      const batch =
        options.maxBatch > 1
          ? await planBatch(client, batchable.slice(0, options.maxBatch), { market, sender: signer.address })
          : undefined;
      if (batch === undefined) break;
      const { items, data, gasLimit, savedGas } = batch;
      const requestIds = items.map(({ request }) => request.requestId);
      logger.info("SEND-BATCH", { requestIds, gasLimit, savedGas });
      await submit({ purpose: "settle", requestIds, data, value: 0n, gasLimit, fees: items[0]!.fees });
      for (const item of items) batchable.splice(batchable.indexOf(item), 1);
      sent++;
    }
    for (const { request, data, gas, fees } of [...alone, ...batchable]) {
      if (sent >= free || signal.aborted) break;
      const requestIds = [request.requestId];
      await submit({ purpose: "settle", requestIds, data, value: 0n, gasLimit: withMargin(gas), fees });
      sent++;
    }
    return sent;
  }

  async function submit(call: Parameters<typeof outbox.submit>[0]): Promise<void> {
    try {
      await outbox.submit(call);
    } catch (error) {
      // A request has moved on while its settlement was prepared; the next tick sees how.
      if (!(error instanceof StaleLeaseError)) throw error;
    }
  }

  /** Undefined when there is nothing to send; the row says why. */
  async function prepare(request: RequestRow): Promise<PreparedSettlement | undefined> {
    const { requestId } = request;
    // The watcher will show why it is not.
    if ((await statusOf(client, market, requestId)) !== "Open") return undefined;
    const prepared = await prepareSettlement(client, request, options, signer.address);
    if (prepared.kind === "wait") {
      logger.debug("SEND-SIMULATION-FAILED", { requestId, reason: prepared.reason });
      postponed.set(requestId, performance.now() + POSTPONED_POLLS * options.pollMs);
      return undefined;
    }
    if (prepared.kind === "prove-again") {
      await fenced(async (tx) => {
        await tx.move(requestId, { to: "accepted", from: ["proved"], code: "PROOF-MISSING" });
        await tx.enqueue("prove", { kind: "request", id: requestId }, { deadline: request.deadline });
      });
      return undefined;
    }
    if (prepared.kind === "failed") {
      const { code, reason } = prepared;
      breaker.failure(reason);
      logger.error("SEND-SIMULATION-FAILED", { requestId, reason });
      await fenced((tx) => tx.move(requestId, { to: "failed", from: ["proved"], code, detail: reason }));
      return undefined;
    }
    if (options.dryRun) {
      logger.info("SEND-DRY-RUN", { requestId, gas: prepared.gas, fee: request.fee });
      await store.query("update requests set code = 'DRY-RUN' where request_id = $1 and state = 'proved'", [requestId]);
      return undefined;
    }
    return prepared;
  }

  async function lock(request: RequestRow): Promise<boolean> {
    const { requestId, deadline } = request;
    const prepared = await prepareLock(client, request, options, signer.address);
    if (prepared.kind === "ready") {
      const { data, value, gasLimit, fees } = prepared;
      await submit({ purpose: "lock", requestIds: [requestId], data, value, gasLimit, fees });
      return true;
    }
    logger.warn("SEND-LOCK-FAILED", { requestId, reason: prepared.reason });
    await fenced(async (tx) => {
      if (prepared.kind === "judge-again") return judgeAgain(tx, request, prepared.reason);
      await tx.move(requestId, { to: "accepted", from: ["locking"], code: "LOCK-FAILED", detail: prepared.reason });
      await tx.enqueue("prove", { kind: "request", id: requestId }, { deadline });
    });
    return false;
  }

  async function refund(request: RequestRow): Promise<void> {
    const { requestId } = request;
    const data = refundCalldata(request, optionsOf(request, options.proverLists, options.prover));
    try {
      const gas = await client.estimateGas({ account: signer.address, to: market, data });
      const fees = await currentFees(client, options.maxFeePerGasWei);
      await submit({ purpose: "refund", requestIds: [requestId], data, value: 0n, gasLimit: withMargin(gas), fees });
    } catch (error) {
      const reason = revertName(error);
      if (reason === undefined) throw error;
      logger.warn("SEND-SIMULATION-FAILED", { requestId, reason });
      await store.query("update requests set refund_wanted = false where request_id = $1", [requestId]);
    }
  }

  return { tick, close: () => dropLease(store, leaseName, holder) };
}
