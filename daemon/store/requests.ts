/** Rows of `requests`: every change of state is one update and one line of history in the caller's transaction. */
import { StaleLeaseError } from "../errors.ts";
import type { Row, Sql } from "./database.ts";
import { mayFollow, type State } from "./states.ts";

export type Hex = `0x${string}`;

/** Options of an offer, as the market has them. */
export interface OfferOptions {
  /** Zero for ETH. */
  readonly token: Hex;
  readonly startFee: bigint;
  readonly endFee: bigint;
  /** Seconds since 1970. */
  readonly priceFrom: number;
  readonly priceUntil: number;
  readonly provers: Hex;
  readonly collateral: bigint;
  readonly lockSeconds: number;
}

export interface RequestRow {
  readonly requestId: Hex;
  readonly index: number;
  readonly modelId: Hex;
  readonly requester: Hex;
  readonly refundee: Hex;
  readonly callback: Hex;
  readonly callbackGasLimit: number;
  readonly deadline: number;
  readonly fee: bigint;
  /** Added to the fee since. */
  readonly extraFee: bigint;
  /** When a cancellation ends the request before its deadline. */
  readonly cancelAt: number | null;
  /** Empty while only the hash is known. */
  readonly input: Hex;
  readonly inputHash: Hex;
  /** Where an input known by its hash may be found; may be empty. */
  readonly inputUri: string;
  readonly optionsHash: Hex;
  /** Null for a request without options. */
  readonly options: OfferOptions | null;
  /** Whether the collateral is to be staked once the input is there. */
  readonly lockWanted: boolean;
  readonly lockProver: Hex | null;
  /** Seconds since 1970. */
  readonly lockExpires: number | null;
  readonly blockNumber: number;
  readonly blockHash: Hex;
  readonly state: State;
  readonly code: string | null;
  readonly detail: string | null;
  readonly attempts: number;
  readonly leaseEpoch: number;
  readonly leaseHolder: string | null;
  readonly proofKey: string | null;
  readonly proveMs: number | null;
  readonly settledBlock: number | null;
  readonly settledBy: Hex | null;
  readonly paid: bigint | null;
  readonly callbackOk: boolean | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewRequest = Pick<
  RequestRow,
  | "requestId"
  | "modelId"
  | "requester"
  | "refundee"
  | "callback"
  | "callbackGasLimit"
  | "deadline"
  | "fee"
  | "input"
  | "inputHash"
  | "inputUri"
  | "optionsHash"
  | "options"
  | "blockNumber"
  | "blockHash"
>;

export interface Change {
  readonly to: State;
  /** States the row must be in. */
  readonly from?: readonly State[];
  /** The lease under which the caller works. */
  readonly epoch?: number;
  readonly code?: string | null;
  readonly detail?: string | null;
  readonly set?: Partial<Record<keyof typeof COLUMNS, unknown>>;
}

const COLUMNS = {
  attempts: "attempts",
  leaseHolder: "lease_holder",
  leaseUntil: "lease_until",
  proofKey: "proof_key",
  proveMs: "prove_ms",
  settledBlock: "settled_block",
  settledBy: "settled_by",
  paid: "paid",
  callbackOk: "callback_ok",
  input: "input",
  lockWanted: "lock_wanted",
  revisitAt: "revisit_at",
} as const;

/** The counter value that is the low 32 bits of a request id. */
export function indexOf(requestId: Hex): number {
  return Number(BigInt(requestId) & 0xffffffffn);
}

export async function insertRequest(tx: Sql, request: NewRequest): Promise<RequestRow> {
  const [row] = await tx.query(
    `insert into requests (request_id, idx, model_id, requester, refundee, callback, callback_gas_limit, deadline, fee, input,
       input_hash, options_hash, block_number, block_hash, input_uri, options, state)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'seen') returning *`,
    [
      request.requestId,
      indexOf(request.requestId),
      request.modelId,
      request.requester,
      request.refundee,
      request.callback,
      request.callbackGasLimit,
      request.deadline,
      request.fee.toString(),
      request.input,
      request.inputHash,
      request.optionsHash,
      request.blockNumber,
      request.blockHash,
      request.inputUri,
      request.options === null
        ? null
        : JSON.stringify(request.options, (_, value) => (typeof value === "bigint" ? value.toString() : value)),
    ],
  );
  await writeHistory(tx, request.requestId, null, "seen", {}, 0);
  return toRequest(row);
}

export async function getRequest(sql: Sql, requestId: string, lock = false): Promise<RequestRow | undefined> {
  const [row] = await sql.query(`select * from requests where request_id = $1${lock ? " for update" : ""}`, [
    requestId,
  ]);
  return row === undefined ? undefined : toRequest(row);
}

export async function listRequests(sql: Sql, where: string, values: readonly unknown[] = []): Promise<RequestRow[]> {
  return (await sql.query(`select * from requests where ${where}`, values)).map(toRequest);
}

export async function moveRequest(
  tx: Sql,
  requestId: string,
  change: Change,
): Promise<{ from: State; row: RequestRow }> {
  const before = await getRequest(tx, requestId, true);
  const stale = (got: string) =>
    new StaleLeaseError("the request has moved on", {
      expected: `${change.from ?? "a row"} to become ${change.to}`,
      got,
    });
  if (before === undefined) throw stale("no row");
  if (change.from !== undefined && !change.from.includes(before.state)) throw stale(before.state);
  if (change.epoch !== undefined && change.epoch !== before.leaseEpoch) throw stale(`lease ${before.leaseEpoch}`);
  if (!mayFollow(before.state, change.to)) throw stale(before.state);
  const code = change.code ?? null;
  const detail = change.detail ?? null;
  const values: unknown[] = [requestId, change.to, code, detail];
  const sets = Object.entries(change.set ?? {}).map(([key, value]) => {
    values.push(typeof value === "bigint" ? value.toString() : value);
    return `, ${COLUMNS[key as keyof typeof COLUMNS]} = $${values.length}`;
  });
  const [row] = await tx.query(
    `update requests set state = $2, code = $3, detail = $4, updated_at = now()${sets.join("")} where request_id = $1 returning *`,
    values,
  );
  await writeHistory(tx, requestId, before.state, change.to, { code, detail }, before.leaseEpoch);
  return { from: before.state, row: toRequest(row) };
}

/** Takes the request for `holder`, unless another's lease still runs. Every taking raises the epoch, which ends older leases. */
export async function leaseRequest(
  tx: Sql,
  requestId: string,
  holder: string,
  seconds: number,
): Promise<RequestRow | undefined> {
  const [row] = await tx.query(
    `update requests set lease_epoch = lease_epoch + 1, lease_holder = $2, lease_until = now() + make_interval(secs => $3)
     where request_id = $1 and (lease_until is null or lease_until < now() or lease_holder = $2) returning *`,
    [requestId, holder, seconds],
  );
  return row === undefined ? undefined : toRequest(row);
}

/** False when the lease has gone to another, or the proof is not wanted any more. */
export async function renewLease(sql: Sql, requestId: string, epoch: number, seconds: number): Promise<boolean> {
  const rows = await sql.query(
    "update requests set lease_until = now() + make_interval(secs => $3) where request_id = $1 and lease_epoch = $2 and state = 'proving' returning 1",
    [requestId, epoch, seconds],
  );
  return rows.length > 0;
}

export async function readHistory(sql: Sql, requestId: string): Promise<Row[]> {
  return sql.query("select at, from_state, to_state, code, detail from history where request_id = $1 order by id", [
    requestId,
  ]);
}

async function writeHistory(
  tx: Sql,
  requestId: string,
  from: State | null,
  to: State,
  { code = null, detail = null }: Pick<Change, "code" | "detail">,
  epoch: number,
): Promise<void> {
  await tx.query(
    "insert into history (request_id, from_state, to_state, code, detail, lease_epoch) values ($1, $2, $3, $4, $5, $6)",
    [requestId, from, to, code, detail, epoch],
  );
}

const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));

function toOptions(text: string | null): OfferOptions | null {
  if (text === null) return null;
  const { startFee, endFee, collateral, ...rest } = JSON.parse(text);
  return { ...rest, startFee: BigInt(startFee), endFee: BigInt(endFee), collateral: BigInt(collateral) };
}

function toRequest(row: Row): RequestRow {
  return {
    requestId: row.request_id,
    index: Number(row.idx),
    modelId: row.model_id,
    requester: row.requester,
    refundee: row.refundee,
    callback: row.callback,
    callbackGasLimit: Number(row.callback_gas_limit),
    deadline: Number(row.deadline),
    fee: BigInt(row.fee),
    extraFee: BigInt(row.extra_fee),
    cancelAt: numberOrNull(row.cancel_at),
    input: row.input,
    inputHash: row.input_hash,
    inputUri: row.input_uri,
    optionsHash: row.options_hash,
    options: toOptions(row.options),
    lockWanted: row.lock_wanted,
    lockProver: row.lock_prover,
    lockExpires: numberOrNull(row.lock_expires),
    blockNumber: Number(row.block_number),
    blockHash: row.block_hash,
    state: row.state,
    code: row.code,
    detail: row.detail,
    attempts: row.attempts,
    leaseEpoch: row.lease_epoch,
    leaseHolder: row.lease_holder,
    proofKey: row.proof_key,
    proveMs: numberOrNull(row.prove_ms),
    settledBlock: numberOrNull(row.settled_block),
    settledBy: row.settled_by,
    paid: row.paid === null ? null : BigInt(row.paid),
    callbackOk: row.callback_ok,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
