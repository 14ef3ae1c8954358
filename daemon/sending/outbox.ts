/**
 * Transactions of one account, from signing to their outcome.
 *
 * The chain says which nonces are used; the table says which we gave out. A signed transaction is stored, together with what its
 * purpose changes, before any endpoint sees it: after a crash the same bytes are sent again. A time-out says nothing about the
 * outcome, so it changes nothing; the outcome is read from receipts, and a nonce that is gone without a receipt of ours was another's.
 */
import { keccak256, type PublicClient, parseEventLogs, type TransactionReceipt } from "viem";
import { requestMarketAbi } from "../../contracts/abi/request-market.gen.ts";
import { bumpedFees, currentFees, type Fees } from "../chain/fees.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { Logger } from "../logger.ts";
import { type BlockMark, isStillRead } from "../store/chain-rows.ts";
import type { Sql } from "../store/database.ts";
import type { Hex } from "../store/requests.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import {
  type Attempt,
  type AttemptKind,
  closeTransaction,
  countMissingReceipts,
  insertAttempt,
  insertTransaction,
  nextOwnNonce,
  type Purpose,
  pendingTransactions,
  type TransactionRow,
} from "../store/transactions.ts";
import { broadcast } from "./broadcast.ts";
import type { Signer } from "./signer.ts";

export interface Call {
  readonly purpose: Purpose;
  readonly requestIds: readonly Hex[];
  readonly data: Hex;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly fees: Fees;
}

export interface Outcome {
  readonly state: "mined" | "reverted" | "lost";
  readonly kind: AttemptKind;
  /** Requests that the transaction settled. */
  readonly settled: readonly string[];
}

/** What a purpose makes of a transaction's life. Writes run in the transaction given. */
export interface PurposeRules {
  /** Whether its effect is still wished for; if not, its nonce is used up by an empty transfer. */
  isWanted(sql: Sql, requestIds: readonly Hex[]): Promise<boolean>;
  /** Before the bytes leave: throws when a request has moved on. */
  claim(tx: StoreTransaction, requestIds: readonly Hex[]): Promise<void>;
  /** An endpoint has the bytes. */
  handedOver(tx: StoreTransaction, requestIds: readonly Hex[]): Promise<void>;
  closed(tx: StoreTransaction, requestIds: readonly Hex[], outcome: Outcome): Promise<void>;
}

export interface OutboxOptions {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly logger: Logger;
  readonly signer: Signer;
  readonly chainId: number;
  readonly market: Hex;
  readonly maxFeePerGasWei: bigint;
  readonly bumpAfterMs: number;
  readonly rules: Readonly<Record<Purpose, PurposeRules>>;
  /** Runs under the account's lease: a process that lost it writes nothing. */
  readonly fenced: <T>(work: (tx: StoreTransaction) => Promise<T>) => Promise<T>;
  /** Last block that was read: an outcome in a later block may still be undone without anyone noticing. */
  readonly cursor: () => Promise<BlockMark | undefined>;
  readonly onOutcome: (
    transaction: TransactionRow,
    outcome: "mined" | "reverted" | "lost" | "bumped" | "cancelled",
    feePaidWei: bigint,
  ) => void;
}

export interface Outbox {
  /** Brings every transaction whose outcome is open one step further. */
  advance(signal: AbortSignal): Promise<void>;
  /** Transactions whose outcome is open. */
  waiting(): Promise<readonly TransactionRow[]>;
  submit(call: Call): Promise<void>;
}

/** Looks without a receipt after which a used nonce is taken to be another's: nodes index receipts a little later than blocks. */
const MISSING_RECEIPT_LOOKS = 3;
/** Least time between two hand-overs of the same bytes. */
const RESEND_MS = 1000;
/** Gas of the empty transfer that cancels. */
const CANCEL_GAS = 21_000n;

export function createOutbox(options: OutboxOptions): Outbox {
  const { store, rpc, logger, signer, chainId, rules, fenced } = options;
  const lastSentMs = new Map<Hex, number>();
  /** When each attempt was made, by `performance.now()`. */
  const madeMs = new Map<Hex, number>();
  const waiting = () => pendingTransactions(store, signer.address);

  /** The wall clock, which may jump, is asked once: for attempts of a process before this one. */
  function waitedSince({ hash, createdAtMs }: Attempt): number {
    const nowMs = performance.now();
    const made = madeMs.get(hash) ?? nowMs - Math.max(0, Date.now() - createdAtMs);
    madeMs.set(hash, made);
    return nowMs - made;
  }

  async function advance(signal: AbortSignal): Promise<void> {
    const open = await waiting();
    if (open.length === 0) return;
    const usedNonces = await rpc.client.getTransactionCount({ address: signer.address, blockTag: "latest" });
    const cursor = await options.cursor();
    for (const transaction of open) {
      if (signal.aborted) return;
      await step(transaction, usedNonces, cursor);
    }
  }

  async function step(transaction: TransactionRow, usedNonces: number, cursor: BlockMark | undefined): Promise<void> {
    const newest = transaction.attempts.at(-1)!;
    for (const attempt of transaction.attempts) {
      const receipt = await receiptOf(rpc.client, attempt.hash);
      if (receipt === undefined) continue;
      if (cursor !== undefined && Number(receipt.blockNumber) <= cursor.number)
        await close(transaction, attempt, { receipt, cursor });
      return;
    }
    if (transaction.nonce < usedNonces) {
      if ((await countMissingReceipts(store, transaction.id)) >= MISSING_RECEIPT_LOOKS)
        await close(transaction, newest, undefined);
      return;
    }
    const { requestIds } = transaction;
    const isWanted = await rules[transaction.purpose].isWanted(store, requestIds);
    if (!isWanted && newest.kind === "call") return replace(transaction, newest, "cancel");
    const isKnown = await rpc.client.getTransaction({ hash: newest.hash }).then(
      () => true,
      () => false,
    );
    const waitedMs = waitedSince(newest);
    if (newest.wasBroadcast && waitedMs >= options.bumpAfterMs) return replace(transaction, newest, newest.kind);
    if (!isKnown || !newest.wasBroadcast) {
      if (performance.now() - (lastSentMs.get(newest.hash) ?? -RESEND_MS) >= RESEND_MS) await send(transaction, newest);
    } else await fenced((tx) => rules[transaction.purpose].handedOver(tx, requestIds));
  }

  async function close(
    transaction: TransactionRow,
    attempt: Attempt,
    found: { receipt: TransactionReceipt; cursor: BlockMark } | undefined,
  ): Promise<void> {
    const { requestIds, purpose, nonce } = transaction;
    const receipt = found?.receipt;
    const state = receipt === undefined ? "lost" : receipt.status === "success" ? "mined" : "reverted";
    const { kind } = attempt;
    const feePaidWei = receipt === undefined ? 0n : receipt.gasUsed * receipt.effectiveGasPrice;
    const mined = receipt && {
      hash: attempt.hash,
      blockNumber: Number(receipt.blockNumber),
      gasUsed: receipt.gasUsed,
      feePaidWei,
    };
    const settled = parseEventLogs({ abi: requestMarketAbi, logs: receipt?.logs ?? [], eventName: "RequestSettled" });
    const isClosed = await fenced(async (tx) => {
      // The watcher may have followed a fork since the receipt was read: then the next look shows what became of it.
      if (found !== undefined && !(await isStillRead(tx, found.cursor))) return false;
      await closeTransaction(tx, transaction.id, { state, ...mined });
      const outcome = { state, kind, settled: settled.map(({ args }) => args.requestId) } as const;
      await rules[purpose].closed(tx, requestIds, outcome);
      return true;
    });
    if (!isClosed) return;
    for (const { hash } of transaction.attempts) {
      lastSentMs.delete(hash);
      madeMs.delete(hash);
    }
    const code = state === "mined" ? "SEND-MINED" : state === "reverted" ? "SEND-REVERTED" : "SEND-LOST";
    const fields = { requestIds, purpose, nonce, kind, ...mined };
    if (state === "mined") logger.info(code, fields);
    else logger.warn(code, fields);
    options.onOutcome(transaction, kind === "cancel" ? "cancelled" : state, feePaidWei);
  }

  async function submit({ fees, ...call }: Call): Promise<void> {
    const { requestIds, purpose, data, value, gasLimit } = call;
    const [used, withPool, own] = await Promise.all([
      rpc.client.getTransactionCount({ address: signer.address, blockTag: "latest" }),
      rpc.client.getTransactionCount({ address: signer.address, blockTag: "pending" }),
      nextOwnNonce(store, signer.address),
    ]);
    const nonce = Math.max(used, withPool, own);
    const attempt = await sign({ nonce, to: options.market, data, value, gas: gasLimit }, fees, "call");
    const transaction = { ...call, sender: signer.address, nonce, to: options.market };
    const id = await fenced(async (tx) => {
      await rules[purpose].claim(tx, requestIds);
      return insertTransaction(tx, transaction, attempt);
    });
    const { maxFeePerGas } = fees;
    logger.info("SEND-SIGNED", { ...firstOf(call), nonce, hash: attempt.hash, gasLimit, maxFeePerGas });
    await send({ ...transaction, id, state: "pending", missingReceipts: 0, attempts: [] }, attempt);
  }

  async function replace(transaction: TransactionRow, previous: Attempt, kind: AttemptKind): Promise<void> {
    const { nonce, to, data, value, gasLimit } = transaction;
    const fees = bumpedFees(previous, await currentFees(rpc.client, options.maxFeePerGasWei), options.maxFeePerGasWei);
    if (fees === undefined) {
      logger.warn("SEND-REFUSED", { nonce, reason: "the fee cap leaves no room for a replacement" });
      return;
    }
    const content =
      kind === "cancel"
        ? { nonce, to: signer.address, data: "0x" as Hex, value: 0n, gas: CANCEL_GAS }
        : { nonce, to, data, value, gas: gasLimit };
    const attempt = await sign(content, fees, kind);
    await fenced((tx) => insertAttempt(tx, transaction.id, attempt));
    const code = kind === previous.kind ? "SEND-BUMPED" : "SEND-CANCEL";
    logger.info(code, { ...firstOf(transaction), nonce, hash: attempt.hash, ...fees });
    options.onOutcome(transaction, "bumped", 0n);
    await send(transaction, attempt);
  }

  async function sign(
    content: { nonce: number; to: Hex; data: Hex; value: bigint; gas: bigint },
    { maxFeePerGas, maxPriorityFeePerGas }: Fees,
    kind: AttemptKind,
  ) {
    const fees = { maxFeePerGas, maxPriorityFeePerGas };
    const raw = await signer.signTransaction({ type: "eip1559", chainId, ...content, ...fees });
    return { hash: keccak256(raw), kind, raw, ...fees };
  }

  async function send(transaction: TransactionRow, attempt: Pick<Attempt, "hash" | "raw" | "kind">): Promise<void> {
    const { nonce, purpose, requestIds } = transaction;
    lastSentMs.set(attempt.hash, performance.now());
    const { accepted, refusal } = await broadcast(rpc, store, attempt);
    const fields = { ...firstOf(transaction), nonce, hash: attempt.hash };
    if (!accepted) {
      logger.warn("SEND-REFUSED", { ...fields, error: refusal });
      return;
    }
    logger.info("SEND-BROADCAST", { ...fields, kind: attempt.kind });
    await fenced((tx) => rules[purpose].handedOver(tx, requestIds));
  }

  return { advance, waiting, submit };
}

/** For the log: the request, or a batch's first and its size. */
const firstOf = ({ purpose, requestIds }: Pick<Call, "purpose" | "requestIds">) => ({
  purpose,
  requestId: requestIds[0],
  ...(requestIds.length > 1 ? { requestIds } : {}),
});

async function receiptOf(client: PublicClient, hash: Hex): Promise<TransactionReceipt | undefined> {
  try {
    return await client.getTransactionReceipt({ hash });
  } catch (error) {
    if ((error as Error).name === "TransactionReceiptNotFoundError") return undefined;
    throw error;
  }
}
