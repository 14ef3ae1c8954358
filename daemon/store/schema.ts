/** The daemon's tables, and how they come to be. Each migration runs once, in order, in one transaction with its number. */
import { StoreError } from "../errors.ts";
import type { Database } from "./database.ts";

const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `create table requests (
      request_id text primary key,
      idx bigint not null,
      model_id text not null,
      requester text not null,
      refundee text not null,
      callback text not null,
      callback_gas_limit bigint not null,
      deadline bigint not null,
      fee text not null,
      input text not null,
      input_hash text not null,
      options_hash text not null,
      block_number bigint not null,
      block_hash text not null,
      state text not null,
      code text,
      detail text,
      attempts integer not null default 0,
      lease_epoch integer not null default 0,
      lease_holder text,
      lease_until timestamptz,
      proof_key text,
      prove_ms integer,
      cancel_at bigint,
      extra_fee text not null default '0',
      amended_block bigint,
      settled_block bigint,
      settled_by text,
      paid text,
      callback_ok boolean,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`,
    "create index requests_state on requests (state, deadline)",
    "create index requests_idx on requests (idx)",
    `create table history (
      id bigserial primary key,
      request_id text not null,
      at timestamptz not null default clock_timestamp(),
      from_state text,
      to_state text not null,
      code text,
      detail text,
      lease_epoch integer not null
    )`,
    "create index history_request on history (request_id, id)",
    `create table blocks (
      number bigint primary key,
      hash text not null,
      timestamp bigint not null
    )`,
    `create table cursor (
      id integer primary key check (id = 1),
      chain_id bigint not null,
      market text not null,
      start_block bigint not null,
      number bigint not null
    )`,
    `create table missing (
      idx bigint primary key,
      request_id text not null,
      tries integer not null default 0
    )`,
    `create table transactions (
      id bigserial primary key,
      sender text not null,
      nonce bigint not null,
      request_id text not null,
      to_address text not null,
      data text not null,
      gas_limit bigint not null,
      state text not null,
      missing_receipts integer not null default 0,
      mined_hash text,
      mined_block bigint,
      gas_used bigint,
      fee_paid text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`,
    "create unique index transactions_nonce on transactions (sender, nonce) where state in ('pending', 'mined', 'reverted')",
    "create unique index transactions_request on transactions (request_id) where state = 'pending'",
    `create table attempts (
      hash text primary key,
      transaction_id bigint not null references transactions (id),
      kind text not null,
      raw text not null,
      max_fee text not null,
      max_priority text not null,
      created_at timestamptz not null default now(),
      broadcast_at timestamptz
    )`,
    "create index attempts_transaction on attempts (transaction_id)",
    `create table proof_jobs (
      id uuid primary key default gen_random_uuid(),
      model text not null,
      input text not null,
      context text not null,
      state text not null,
      detail text,
      proof_key text,
      prove_ms integer,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`,
    `create table leases (
      name text primary key,
      holder text not null,
      epoch integer not null,
      until timestamptz not null
    )`,
  ],
  // Offers: options, inputs by hash, locks. Transactions that settle several requests, lock, or refund.
  [
    "alter table requests add column options text",
    "alter table requests add column input_uri text not null default ''",
    "alter table requests add column lock_wanted boolean not null default false",
    "alter table requests add column lock_prover text",
    "alter table requests add column lock_expires bigint",
    "alter table requests add column lock_block bigint",
    "alter table requests add column revisit_at bigint",
    "alter table requests add column refund_wanted boolean not null default false",
    "alter table transactions add column purpose text not null default 'settle'",
    "alter table transactions add column value text not null default '0'",
    "alter table transactions add column request_ids text[]",
    "update transactions set request_ids = array[request_id]",
    "alter table transactions alter column request_ids set not null",
    "drop index transactions_request",
    "alter table transactions drop column request_id",
    "create index transactions_requests on transactions using gin (request_ids)",
    "update attempts set kind = 'call' where kind = 'settle'",
  ],
];

export async function migrate(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query("create table if not exists schema_version (version integer primary key)");
    await tx.query("lock table schema_version in exclusive mode");
    const [row] = await tx.query<{ version: number | null }>("select max(version) as version from schema_version");
    const version = row!.version ?? 0;
    if (version > MIGRATIONS.length) {
      throw new StoreError("the database was written by a newer version", {
        expected: `at most schema ${MIGRATIONS.length}`,
        got: `schema ${version}`,
        remedy: "run the newer version, or start with an empty database",
      });
    }
    for (let next = version; next < MIGRATIONS.length; next++) {
      for (const statement of MIGRATIONS[next]) await tx.query(statement);
      await tx.query("insert into schema_version values ($1)", [next + 1]);
    }
  });
}
