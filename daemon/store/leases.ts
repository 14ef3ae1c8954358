/** Named leases for work that only one process may do at a time, as giving out the nonces of an account. */
import { StaleLeaseError } from "../errors.ts";
import type { Sql } from "./database.ts";

/** The lease's epoch, or undefined while another holder's runs. Taking it from a former holder raises the epoch. */
export async function takeLease(sql: Sql, name: string, holder: string, seconds: number): Promise<number | undefined> {
  const [row] = await sql.query(
    `insert into leases values ($1, $2, 1, now() + make_interval(secs => $3))
     on conflict (name) do update set
       epoch = case when leases.holder = $2 then leases.epoch else leases.epoch + 1 end,
       holder = $2, until = excluded.until
     where leases.holder = $2 or leases.until <= now()
     returning epoch`,
    [name, holder, seconds],
  );
  return row?.epoch;
}

/** Throws when the lease has gone to another; keeps it from going until the transaction ends. */
export async function requireLease(tx: Sql, name: string, epoch: number): Promise<void> {
  const rows = await tx.query("select 1 from leases where name = $1 and epoch = $2 for update", [name, epoch]);
  if (rows.length === 0)
    throw new StaleLeaseError("another process has taken over", { expected: `lease ${name}, epoch ${epoch}` });
}

export async function dropLease(sql: Sql, name: string, holder: string): Promise<void> {
  await sql.query("update leases set until = now() where name = $1 and holder = $2", [name, holder]);
}
