/** Gives every unfinished row its job again: at the start, and periodically for jobs that were lost. */

import { unfinishedProofJobs } from "../store/proof-jobs.ts";
import { listRequests } from "../store/requests.ts";
import type { Store } from "../store/store.ts";

export async function recoverJobs(store: Store, { atStart }: { atStart: boolean }): Promise<number> {
  // Leases of an embedded database belong to a process that is gone.
  if (atStart && store.exclusive) {
    await store.query("update requests set lease_until = null where lease_until is not null");
    await store.query("update leases set until = now()");
  }
  const rows = await listRequests(
    store,
    `state in ('seen', 'fetching', 'accepted', 'proving') and (lease_until is null or lease_until < now())
     and ($1 or abs(extract(epoch from now() - updated_at)) > 60) order by deadline`,
    [atStart],
  );
  const direct = atStart ? await unfinishedProofJobs(store) : [];
  await store.transaction(async (tx) => {
    for (const { requestId, state, deadline } of rows) {
      const queue = state === "seen" ? "evaluate" : state === "fetching" ? "fetch" : "prove";
      await tx.enqueue(queue, { kind: "request", id: requestId }, { deadline });
    }
    for (const id of direct) await tx.enqueue("prove", { kind: "direct", id });
  });
  return rows.length + direct.length;
}
