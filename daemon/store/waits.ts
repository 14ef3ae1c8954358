/**
 * A clock that goes back leaves times in the future: jobs would wait, and what a dead process held would stay held, until the clock
 * has caught up. Nothing is put off for longer than LONGEST_WAIT_SECONDS, so what lies further ahead is due now.
 *
 * The clock is the database's: of this process with an embedded one, else of the server.
 */
import type { Sql } from "./database.ts";

/** No job is delayed for longer; pg-boss itself waits at most 64 s between the five tries of a job. */
export const LONGEST_WAIT_SECONDS = 120;

/** Named leases may run for `longestLeaseSeconds`, those of requests for LONGEST_WAIT_SECONDS. */
export async function bringForward(sql: Sql, longestLeaseSeconds = LONGEST_WAIT_SECONDS): Promise<void> {
  const ahead = "now() + make_interval(secs => $1)";
  const wait = [LONGEST_WAIT_SECONDS];
  await sql.query(
    `update pgboss.job set start_after = now() where state in ('created', 'retry') and start_after > ${ahead}`,
    wait,
  );
  // A job of a dead process is taken back when its last sign of life is old.
  await sql.query(
    `update pgboss.job set heartbeat_on = now(), started_on = now() where state = 'active' and heartbeat_on > ${ahead}`,
    wait,
  );
  await sql.query(
    `update pgboss.queue set monitor_claim_on = null, monitor_on = null, maintain_on = null
     where greatest(monitor_claim_on, monitor_on) > ${ahead}`,
    wait,
  );
  await sql.query(`update requests set lease_until = now() where lease_until > ${ahead}`, wait);
  await sql.query(`update leases set until = now() where until > ${ahead}`, [longestLeaseSeconds]);
}
