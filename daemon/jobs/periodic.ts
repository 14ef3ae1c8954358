/** The periodic work: rows against the chain, a second reading, refunds, the balance, pruning. */
import { MARKET_STATUS, requestsBetween } from "../chain/market.ts";
import type { Rpc } from "../chain/rpc.ts";
import type { Watcher } from "../chain/watcher.ts";
import type { Logger } from "../logger.ts";
import type { Metrics } from "../metrics.ts";
import type { DaemonConfig, Role } from "../options.ts";
import type { ProofFiles } from "../store/proof-files.ts";
import { type Hex, listRequests } from "../store/requests.ts";
import { OPEN_STATES } from "../store/states.ts";
import type { Store } from "../store/store.ts";
import { type Cron, startCron } from "./cron.ts";
import { recoverJobs } from "./recover.ts";

export interface PeriodicOptions {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly watcher: Watcher;
  readonly proofs: ProofFiles;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly config: DaemonConfig;
  readonly roles: ReadonlySet<Role>;
  readonly sender: Hex | undefined;
  readonly prover: Hex | undefined;
}

/** Rows compared with the chain in one call. */
const PAGE = 500;
/** Blocks behind the cursor that are read a second time. */
const REREAD_BLOCKS = 200;

type Task = (options: PeriodicOptions) => Promise<void>;

/** Rows and chain, both ways: rows the chain has settled, and open requests without a live row. */
export const reconcile: Task = async ({ store, rpc, watcher, logger, metrics, config }) => {
  const open = await listRequests(store, "state = any($1) order by idx limit $2", [OPEN_STATES, PAGE * 20]);
  // As of the block that the rows are as of.
  const cursor = BigInt(watcher.status.cursor);
  const drifted: number[] = [];
  for (let first = 0; first < open.length; ) {
    const from = open[first].index;
    const page = open.filter(({ index }) => index >= from && index < from + PAGE);
    first += page.length;
    const views = await requestsBetween(rpc.client, config.market, from, page.at(-1)!.index + 1, cursor);
    const statusById = new Map(views.map(({ requestId, status }) => [requestId.toLowerCase(), status]));
    for (const row of page) {
      const status = statusById.get(row.requestId.toLowerCase()) ?? MARKET_STATUS[0];
      if (status !== "Open" && row.settledBlock === null && row.blockNumber <= cursor) drifted.push(row.blockNumber);
    }
  }
  metrics.drift.set(drifted.length);
  if (drifted.length > 0) {
    logger.warn("RECONCILE-DRIFT", { rows: drifted.length });
    await watcher.reread(Math.min(...drifted), watcher.status.cursor);
  }
  await recoverJobs(store, { atStart: false });
};

/** A second reading of blocks that the first may have got wrong answers for. */
export const rereadRecent: Task = async ({ watcher, config }) => {
  const { cursor } = watcher.status;
  if (cursor >= config.startBlock) await watcher.reread(Math.max(config.startBlock, cursor - REREAD_BLOCKS), cursor);
};

export const checkBalance: Task = async ({ rpc, sender, metrics, logger, config }) => {
  if (sender === undefined) return;
  const balanceWei = await rpc.client.getBalance({ address: sender });
  metrics.balance.set(Number(balanceWei) / 1e18);
  if (balanceWei < config.minBalanceWei)
    logger.warn("BALANCE-LOW", { sender, balanceWei, minBalanceWei: config.minBalanceWei });
};

/**
 * Marks expired requests for refund: nobody is paid for calling `refund`, so without a sweep the fees of this operator's own
 * requests stay in escrow. The sender makes the transactions.
 */
export const sweepRefunds: Task = async ({ store, sender, prover, metrics, logger, config }) => {
  if (sender === undefined || config.refundSweep === "none" || config.dryRun) return;
  const own = [sender, prover ?? sender].map((address) => address.toLowerCase());
  const marked = await store.query(
    `update requests set refund_wanted = true
     where settled_block is null and not refund_wanted and state not in ('reorged', 'confirmed')
       and least(deadline, cancel_at) < (select max(timestamp) from blocks)
       and ($1 or lower(refundee) = any($2))
       and not exists (select 1 from transactions t where t.request_ids @> array[request_id] and t.purpose = 'refund' and t.state = 'pending')
     returning request_id`,
    [config.refundSweep === "all", own],
  );
  if (marked.length === 0) return;
  metrics.refunds.inc(marked.length);
  logger.info("REFUND-SWEEP", { requests: marked.length });
};

/** Removes what is finished and old. Unfinished rows and their proofs are never removed. */
export const prune: Task = async ({ store, proofs, config }) => {
  const days = [config.retentionDays, OPEN_STATES];
  const done = `state <> all($2) and updated_at < now() - make_interval(days => $1)`;
  await store.transaction(async (tx) => {
    await tx.query(`delete from history where request_id in (select request_id from requests where ${done})`, days);
    await tx.query(`update requests set input = '0x' where ${done}`, days);
    await tx.query(
      "delete from proof_jobs where state in ('proved', 'failed') and updated_at < now() - make_interval(days => $1)",
      [config.retentionDays],
    );
  });
  const wanted = await store.query(
    `select proof_key from requests where proof_key is not null and not (${done})
     union select proof_key from proof_jobs where proof_key is not null`,
    days,
  );
  const keys = new Set(wanted.map(({ proof_key }) => proof_key));
  await proofs.prune(config.retentionDays * 86_400, (key) => keys.has(key));
};

export function startPeriodic(options: PeriodicOptions): Cron {
  const tasks: readonly [name: string, role: Role, cron: string, run: Task][] = [
    ["reconcile", "watch", options.config.reconcileCron, reconcile],
    ["reread", "watch", "15 */5 * * * *", rereadRecent],
    ["refunds", "send", options.config.refundCron, sweepRefunds],
    ["balance", "send", "45 * * * * *", checkBalance],
    ["prune", "watch", "30 17 3 * * *", prune],
  ];
  const ours = tasks.filter(([, role]) => options.roles.has(role));
  return startCron(
    ours.map(([name, , cron, run]) => ({ name, cron, run: () => run(options) })),
    options,
  );
}
