/**
 * Write-ahead transactions: the signed bytes are stored before the network sees them. One row per nonce, one attempt per signed
 * version of it; attempts share the nonce, so at most one of them is mined.
 *
 *     pending ─▶ mined | reverted      one attempt was mined
 *            └▶ lost                   the nonce went to a transaction that is not ours
 */
import type { Row, Sql } from "./database.ts";
import type { Hex } from "./requests.ts";

export type TransactionState = "pending" | "mined" | "reverted" | "lost";
export type Purpose = "settle" | "lock" | "refund";
/** A `cancel` is an empty transfer to ourselves that takes a call's nonce. */
export type AttemptKind = "call" | "cancel";

export interface Attempt {
  readonly hash: Hex;
  readonly kind: AttemptKind;
  readonly raw: Hex;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly createdAtMs: number;
  readonly wasBroadcast: boolean;
}

export interface TransactionRow {
  readonly id: number;
  readonly nonce: number;
  readonly purpose: Purpose;
  /** Several when a batch settles them. */
  readonly requestIds: readonly Hex[];
  readonly to: Hex;
  readonly data: Hex;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly state: TransactionState;
  readonly missingReceipts: number;
  /** Oldest first. */
  readonly attempts: readonly Attempt[];
}

export interface NewTransaction {
  readonly sender: Hex;
  readonly nonce: number;
  readonly purpose: Purpose;
  readonly requestIds: readonly Hex[];
  readonly to: Hex;
  readonly data: Hex;
  readonly value: bigint;
  readonly gasLimit: bigint;
}

export type NewAttempt = Pick<Attempt, "hash" | "kind" | "raw" | "maxFeePerGas" | "maxPriorityFeePerGas">;

export async function insertTransaction(tx: Sql, transaction: NewTransaction, attempt: NewAttempt): Promise<number> {
  const { sender, nonce, purpose, requestIds, to, data, value, gasLimit } = transaction;
  const [row] = await tx.query(
    `insert into transactions (sender, nonce, purpose, request_ids, to_address, data, value, gas_limit, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending') returning id`,
    [sender.toLowerCase(), nonce, purpose, requestIds, to, data, value.toString(), gasLimit.toString()],
  );
  await insertAttempt(tx, Number(row.id), attempt);
  return Number(row.id);
}

export async function insertAttempt(tx: Sql, transactionId: number, attempt: NewAttempt): Promise<void> {
  const { hash, kind, raw, maxFeePerGas, maxPriorityFeePerGas } = attempt;
  await tx.query(
    "insert into attempts (hash, transaction_id, kind, raw, max_fee, max_priority) values ($1, $2, $3, $4, $5, $6)",
    [hash, transactionId, kind, raw, maxFeePerGas.toString(), maxPriorityFeePerGas.toString()],
  );
}

/** Transactions of an account whose outcome is not known, by nonce; attempts by their fee, which every replacement raises. */
export async function pendingTransactions(sql: Sql, sender: Hex): Promise<TransactionRow[]> {
  const rows = await sql.query("select * from transactions where sender = $1 and state = 'pending' order by nonce", [
    sender.toLowerCase(),
  ]);
  const attempts = await sql.query(
    `select a.* from attempts a join transactions t on t.id = a.transaction_id
     where t.sender = $1 and t.state = 'pending' order by a.max_fee::numeric`,
    [sender.toLowerCase()],
  );
  return rows.map((row) =>
    toTransaction(
      row,
      attempts.filter(({ transaction_id }) => transaction_id === row.id),
    ),
  );
}

/** The first nonce above all that have been given out and not lost. */
export async function nextOwnNonce(sql: Sql, sender: Hex): Promise<number> {
  const [row] = await sql.query(
    "select max(nonce) as nonce from transactions where sender = $1 and state = 'pending'",
    [sender.toLowerCase()],
  );
  return row.nonce === null ? 0 : Number(row.nonce) + 1;
}

export async function markBroadcast(sql: Sql, hash: Hex): Promise<void> {
  await sql.query("update attempts set broadcast_at = coalesce(broadcast_at, now()) where hash = $1", [hash]);
}

export interface Outcome {
  readonly state: Exclude<TransactionState, "pending">;
  readonly hash?: Hex;
  readonly blockNumber?: number;
  readonly gasUsed?: bigint;
  readonly feePaidWei?: bigint;
}

export async function closeTransaction(tx: Sql, id: number, outcome: Outcome): Promise<void> {
  const { state, hash = null, blockNumber = null, gasUsed, feePaidWei } = outcome;
  await tx.query(
    `update transactions set state = $2, mined_hash = $3, mined_block = $4, gas_used = $5, fee_paid = $6, updated_at = now()
     where id = $1 and state = 'pending'`,
    [id, state, hash, blockNumber, gasUsed?.toString() ?? null, feePaidWei?.toString() ?? null],
  );
}

export async function countMissingReceipts(sql: Sql, id: number): Promise<number> {
  const [row] = await sql.query(
    "update transactions set missing_receipts = missing_receipts + 1 where id = $1 returning missing_receipts",
    [id],
  );
  return row?.missing_receipts ?? 0;
}

function toTransaction(row: Row, attempts: readonly Row[]): TransactionRow {
  return {
    id: Number(row.id),
    nonce: Number(row.nonce),
    purpose: row.purpose,
    requestIds: row.request_ids,
    to: row.to_address,
    data: row.data,
    value: BigInt(row.value),
    gasLimit: BigInt(row.gas_limit),
    state: row.state,
    missingReceipts: row.missing_receipts,
    attempts: attempts.map((attempt) => ({
      hash: attempt.hash,
      kind: attempt.kind,
      raw: attempt.raw,
      maxFeePerGas: BigInt(attempt.max_fee),
      maxPriorityFeePerGas: BigInt(attempt.max_priority),
      createdAtMs: attempt.created_at.getTime(),
      wasBroadcast: attempt.broadcast_at !== null,
    })),
  };
}
