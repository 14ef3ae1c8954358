/** Money by day: fees of confirmed settlements in ETH, gas of mined transactions out. Fees in tokens are not counted. */
import { zeroAddress } from "viem";
import type { Sql } from "./database.ts";

export interface LedgerDay {
  /** UTC, as 2026-01-31. */
  readonly day: string;
  /** Requests this daemon was paid for, in whatever token. */
  readonly settled: number;
  /** In ETH alone. */
  readonly earnedWei: string;
  /** By all transactions of this daemon that were mined, reverted ones included. */
  readonly gasPaidWei: string;
  readonly proveMs: number;
}

export interface TokenSum {
  readonly token: string;
  /** In the token's smallest units. */
  readonly earned: string;
  readonly settled: number;
}

export interface LedgerSums {
  /** Newest first; days without events are left out. */
  readonly days: LedgerDay[];
  /** What was paid in tokens. */
  readonly tokens: TokenSum[];
  readonly total: Omit<LedgerDay, "day">;
}

/** What a request pays in; the zero address means ETH. */
const TOKEN = `coalesce(lower(options::json ->> 'token'), '${zeroAddress}')`;

export async function readLedger(sql: Sql, lastDays: number): Promise<LedgerSums> {
  const since = "date_trunc('day', now() at time zone 'utc') - make_interval(days => $1)";
  const rows = await sql.query<LedgerDay>(
    `select to_char(day, 'YYYY-MM-DD') as day, sum(settled)::int as settled, sum(earned)::text as "earnedWei",
       sum(gas)::text as "gasPaidWei", sum(prove_ms)::float8 as "proveMs"
     from (
       select date_trunc('day', updated_at at time zone 'utc') as day, 1 as settled,
         case when ${TOKEN} = '${zeroAddress}' then coalesce(paid, '0')::numeric else 0 end as earned,
         0::numeric as gas, coalesce(prove_ms, 0) as prove_ms
       from requests where state = 'confirmed'
       union all
       select date_trunc('day', updated_at at time zone 'utc'), 0, 0, fee_paid::numeric, 0
       from transactions where fee_paid is not null
     ) as entries
     where day > ${since}
     group by day order by day desc`,
    [lastDays],
  );
  const tokens = await sql.query<TokenSum>(
    `select ${TOKEN} as token, sum(coalesce(paid, '0')::numeric)::text as earned, count(*)::int as settled
     from requests
     where state = 'confirmed' and ${TOKEN} <> '${zeroAddress}' and date_trunc('day', updated_at at time zone 'utc') > ${since}
     group by 1 order by 1`,
    [lastDays],
  );
  const sum = (key: "earnedWei" | "gasPaidWei") => rows.reduce((total, row) => total + BigInt(row[key]), 0n).toString();
  return {
    days: rows,
    tokens,
    total: {
      settled: rows.reduce((total, { settled }) => total + settled, 0),
      earnedWei: sum("earnedWei"),
      gasPaidWei: sum("gasPaidWei"),
      proveMs: rows.reduce((total, { proveMs }) => total + proveMs, 0),
    },
  };
}
