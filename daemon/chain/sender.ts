/**
 * Sends settlements from one account.
 *
 * The chain says which nonces are used; the table says which we gave out. A tick first brings every transaction whose outcome is
 * open one step further, then signs new ones. A signed transaction is stored, together with the request's new state, before any
 * endpoint sees it: after a crash the same bytes are sent again. A time-out says nothing about the outcome, so it changes nothing;
 * the outcome is read from receipts, and from the market's status when a nonce is gone and no receipt is ours.
 */
import { keccak256, type PublicClient } from "viem";
import type { Breaker } from "../jobs/breaker.ts";
import type { Logger } from "../logger.ts";
import { dropLease, requireLease, takeLease } from "../store/leases.ts";
import type { ProofFiles } from "../store/proof-files.ts";
import { getRequest, type Hex, listRequests, type RequestRow } from "../store/requests.ts";
import { OPEN_STATES } from "../store/states.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import {
  type Attempt,
  type AttemptKind,
  closeTransaction,
  countMissingReceipts,
  insertAttempt,
  insertTransaction,
  nextOwnNonce,
  pendingTransactions,
  type TransactionRow,
} from "../store/transactions.ts";
import { broadcast } from "./broadcast.ts";
import { bumpedFees, currentFees, type Fees } from "./fees.ts";
import { statusOf } from "./market.ts";
import type { Rpc } from "./rpc.ts";
import { type PreparedSettlement, prepareSettlement, type SettlementPolicy } from "./settlement.ts";
import type { Signer } from "./signer.ts";

export interface SenderOptions extends SettlementPolicy {
  readonly store: Store;
  readonly proofs: ProofFiles;
  readonly rpc: Rpc;
  readonly logger: Logger;
  readonly breaker: Breaker;
  readonly signer: Signer;
  readonly chainId: number;
  readonly market: Hex;
  readonly prover: Hex;
  /** Names this process among those that share the database. */
  readonly holder: string;
  readonly maxFeePerGasWei: bigint;
  readonly bumpAfterMs: number;
  /** Pause between ticks. */
  readonly pollMs: number;
  readonly maxInFlight: number;
  readonly dryRun: boolean;
  /** Last block that the watcher has read: an outcome in a later block may still be undone without the watcher noticing. */
  readonly cursor: () => number;
  readonly onOutcome: (outcome: "mined" | "reverted" | "lost" | "bumped" | "cancelled", feePaidWei: bigint) => void;
}

export interface Sender {
  tick(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** After a process that held the lease died, another sends after this time at the latest. */
const LEASE_SECONDS = 10;
/** Looks without a receipt after which a used nonce is taken to be another's: nodes index receipts a little later than blocks. */
const MISSING_RECEIPT_LOOKS = 3;
/** Least time between two hand-overs of the same bytes. */
const RESEND_MS = 1000;
/** Gas of the empty transfer that cancels. */
const CANCEL_GAS = 21_000n;

export function createSender(options: SenderOptions): Sender {
  const { store, rpc, logger, signer, chainId, holder, breaker } = options;
  const leaseName = `sender:${chainId}:${signer.address.toLowerCase()}`;
  const lastSentMs = new Map<Hex, number>();
  // Renewed by each tick, so it outlasts a few of them.
  const leaseSeconds = Math.max(LEASE_SECONDS, (5 * options.pollMs) / 1000);
  let epoch = 0;

  async function tick(signal: AbortSignal): Promise<void> {
    const taken = await takeLease(store, leaseName, holder, leaseSeconds);
    if (taken === undefined) return;
    epoch = taken;
    const usedNonces = await rpc.client.getTransactionCount({ address: signer.address, blockTag: "latest" });
    for (const transaction of await pendingTransactions(store, signer.address)) {
      if (signal.aborted) return;
      await advance(transaction, usedNonces);
    }
    if (breaker.isOpen()) return;
    const waiting = (await pendingTransactions(store, signer.address)).length;
    const ready = await listRequests(store, "state = 'proved' and settled_block is null order by deadline limit $1", [
      Math.max(0, options.maxInFlight - waiting),
    ]);
    for (const request of ready) {
      if (signal.aborted) return;
      await settle(request);
    }
  }

  /** Writes under the sender's lease: a process that lost it writes nothing. */
  function fenced<T>(work: (tx: StoreTransaction) => Promise<T>): Promise<T> {
    return store.transaction(async (tx) => {
      await requireLease(tx, leaseName, epoch);
      return work(tx);
    });
  }

  async function advance(transaction: TransactionRow, usedNonces: number): Promise<void> {
    const newest = transaction.attempts.at(-1)!;
    for (const attempt of transaction.attempts) {
      const receipt = await receiptOf(rpc.client, attempt.hash);
      if (receipt === undefined) continue;
      if (Number(receipt.blockNumber) > options.cursor()) return;
      await close(transaction, attempt, {
        state: receipt.status === "success" ? "mined" : "reverted",
        blockNumber: Number(receipt.blockNumber),
        gasUsed: receipt.gasUsed,
        feePaidWei: receipt.gasUsed * receipt.effectiveGasPrice,
      });
      return;
    }
    if (transaction.nonce < usedNonces) {
      if ((await countMissingReceipts(store, transaction.id)) >= MISSING_RECEIPT_LOOKS)
        await close(transaction, newest, { state: "lost" });
      return;
    }
    const request = (await getRequest(store, transaction.requestId))!;
    const wanted = OPEN_STATES.includes(request.state) || request.state === "confirmed";
    if (!wanted && newest.kind === "settle") return replace(transaction, newest, "cancel");
    const isKnown = await rpc.client.getTransaction({ hash: newest.hash }).then(
      () => true,
      () => false,
    );
    const waitedMs = Date.now() - newest.createdAtMs;
    if (newest.wasBroadcast && waitedMs >= options.bumpAfterMs) return replace(transaction, newest, newest.kind);
    if (!isKnown || !newest.wasBroadcast) {
      if (Date.now() - (lastSentMs.get(newest.hash) ?? 0) >= RESEND_MS) await send(transaction, newest);
    } else if (request.state === "submitting")
      await fenced((tx) => tx.move(request.requestId, { to: "submitted", from: ["submitting"] }));
  }

  async function close(
    transaction: TransactionRow,
    attempt: Attempt,
    outcome: { state: "mined" | "reverted" | "lost"; blockNumber?: number; gasUsed?: bigint; feePaidWei?: bigint },
  ): Promise<void> {
    const { requestId, nonce } = transaction;
    const hash = outcome.state === "lost" ? undefined : attempt.hash;
    // After anything but a mined settlement the request is judged again, by what the market says of it now.
    const again = outcome.state !== "mined" || attempt.kind === "cancel";
    await fenced(async (tx) => {
      await closeTransaction(tx, transaction.id, { ...outcome, ...(hash === undefined ? {} : { hash }) });
      const request = await getRequest(tx, requestId, true);
      if (request === undefined || (request.state !== "submitting" && request.state !== "submitted")) return;
      if (again)
        await tx.move(requestId, {
          to: "proved",
          code: `TRANSACTION-${outcome.state.toUpperCase()}`,
          set: { attempts: request.attempts + 1 },
        });
      else if (request.state === "submitting") await tx.move(requestId, { to: "submitted" });
    });
    for (const { hash: sent } of transaction.attempts) lastSentMs.delete(sent);
    options.onOutcome(attempt.kind === "cancel" ? "cancelled" : outcome.state, outcome.feePaidWei ?? 0n);
    const fields = {
      requestId,
      nonce,
      hash,
      kind: attempt.kind,
      blockNumber: outcome.blockNumber,
      gasUsed: outcome.gasUsed,
    };
    if (outcome.state === "mined") {
      breaker.success();
      logger.info("SEND-MINED", fields);
    } else if (outcome.state === "reverted") {
      breaker.failure("settlement reverted");
      logger.warn("SEND-REVERTED", fields);
    } else logger.warn("SEND-LOST", fields);
  }

  async function settle(request: RequestRow): Promise<void> {
    const status = await statusOf(rpc.client, options.market, request.requestId);
    // The watcher will show why.
    if (status !== "Open") return;
    const prepared = await prepareSettlement(rpc.client, request, options, signer.address);
    if (prepared.kind === "wait") {
      logger.debug("SEND-SIMULATION-FAILED", { requestId: request.requestId, reason: prepared.reason });
      return;
    }
    if (prepared.kind === "prove-again") {
      await fenced(async (tx) => {
        await tx.move(request.requestId, { to: "accepted", from: ["proved"], code: "PROOF-MISSING" });
        await tx.enqueue("prove", { kind: "request", id: request.requestId }, { deadline: request.deadline });
      });
      return;
    }
    if (prepared.kind === "failed") {
      breaker.failure(prepared.reason);
      logger.error("SEND-SIMULATION-FAILED", { requestId: request.requestId, reason: prepared.reason });
      await fenced((tx) =>
        tx.move(request.requestId, { to: "failed", from: ["proved"], code: prepared.code, detail: prepared.reason }),
      );
      return;
    }
    if (options.dryRun) {
      if (request.code === "DRY-RUN") return;
      logger.info("SEND-DRY-RUN", { requestId: request.requestId, gas: prepared.gasLimit, fee: request.fee });
      await store.query("update requests set code = 'DRY-RUN' where request_id = $1 and state = 'proved'", [
        request.requestId,
      ]);
      return;
    }
    await signAndSend(request, prepared);
  }

  async function signAndSend(request: RequestRow, { data, gasLimit, fees }: PreparedSettlement): Promise<void> {
    const { requestId } = request;
    const [used, withPool, own] = await Promise.all([
      rpc.client.getTransactionCount({ address: signer.address, blockTag: "latest" }),
      rpc.client.getTransactionCount({ address: signer.address, blockTag: "pending" }),
      nextOwnNonce(store, signer.address),
    ]);
    const nonce = Math.max(used, withPool, own);
    const attempt = await sign({ nonce, to: options.market, data, gas: gasLimit }, fees, "settle");
    const transaction = { sender: signer.address, nonce, requestId, to: options.market, data, gasLimit };
    const id = await fenced(async (tx) => {
      await tx.move(requestId, { to: "submitting", from: ["proved"] });
      return insertTransaction(tx, transaction, attempt);
    });
    logger.info("SEND-SIGNED", { requestId, nonce, hash: attempt.hash, gasLimit, maxFeePerGas: fees.maxFeePerGas });
    await send({ ...transaction, id, state: "pending", missingReceipts: 0, attempts: [] }, attempt);
  }

  async function replace(transaction: TransactionRow, previous: Attempt, kind: AttemptKind): Promise<void> {
    const fees = bumpedFees(previous, await currentFees(rpc.client, options.maxFeePerGasWei), options.maxFeePerGasWei);
    if (fees === undefined) {
      logger.warn("SEND-REFUSED", { nonce: transaction.nonce, reason: "the fee cap leaves no room for a replacement" });
      return;
    }
    const content =
      kind === "cancel"
        ? { nonce: transaction.nonce, to: signer.address, data: "0x" as Hex, gas: CANCEL_GAS }
        : { nonce: transaction.nonce, to: transaction.to, data: transaction.data, gas: transaction.gasLimit };
    const attempt = await sign(content, fees, kind);
    await fenced((tx) => insertAttempt(tx, transaction.id, attempt));
    const { requestId, nonce } = transaction;
    logger.info(kind === previous.kind ? "SEND-BUMPED" : "SEND-CANCEL", {
      requestId,
      nonce,
      hash: attempt.hash,
      ...fees,
    });
    options.onOutcome("bumped", 0n);
    await send(transaction, attempt);
  }

  async function sign(content: { nonce: number; to: Hex; data: Hex; gas: bigint }, fees: Fees, kind: AttemptKind) {
    const { maxFeePerGas, maxPriorityFeePerGas } = fees;
    const raw = await signer.signTransaction({
      type: "eip1559",
      chainId,
      ...content,
      value: 0n,
      maxFeePerGas,
      maxPriorityFeePerGas,
    });
    return { hash: keccak256(raw), kind, raw, maxFeePerGas, maxPriorityFeePerGas };
  }

  async function send(transaction: TransactionRow, attempt: Pick<Attempt, "hash" | "raw" | "kind">): Promise<void> {
    const { requestId, nonce } = transaction;
    lastSentMs.set(attempt.hash, Date.now());
    const { accepted, refusal } = await broadcast(rpc, store, attempt);
    if (!accepted) {
      logger.warn("SEND-REFUSED", { requestId, nonce, hash: attempt.hash, error: refusal });
      return;
    }
    logger.info("SEND-BROADCAST", { requestId, nonce, hash: attempt.hash, kind: attempt.kind });
    await fenced(async (tx) => {
      const request = await getRequest(tx, requestId, true);
      if (request?.state === "submitting") await tx.move(requestId, { to: "submitted" });
    });
  }

  return { tick, close: () => dropLease(store, leaseName, holder) };
}

async function receiptOf(client: PublicClient, hash: Hex) {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if ((error as Error).name === "TransactionReceiptNotFoundError") return undefined;
    throw error;
  }
}
