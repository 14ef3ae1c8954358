/** What Prometheus reads at /metrics. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type Metrics = ReturnType<typeof createMetrics>;

/** One proof or settlement lasts from a fraction of a second to minutes. */
const SECONDS = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];

export function createMetrics() {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    stateChanges: new Counter({
      name: "gavel_request_state_changes_total",
      help: "requests that entered a state",
      labelNames: ["state", "code"],
      registers,
    }),
    requests: new Gauge({ name: "gavel_requests", help: "requests by state", labelNames: ["state"], registers }),
    queued: new Gauge({ name: "gavel_jobs_queued", help: "jobs waiting, by queue", labelNames: ["queue"], registers }),
    head: new Gauge({ name: "gavel_chain_head_block", help: "newest block of the chain", registers }),
    cursor: new Gauge({ name: "gavel_chain_cursor_block", help: "last block read", registers }),
    headAge: new Gauge({
      name: "gavel_chain_head_age_seconds",
      help: "time since an endpoint last answered",
      registers,
    }),
    reorgs: new Counter({ name: "gavel_chain_reorgs_total", help: "reorganizations followed", registers }),
    reorgDepth: new Gauge({
      name: "gavel_chain_last_reorg_depth_blocks",
      help: "depth of the last reorganization",
      registers,
    }),
    rpcCalls: new Counter({
      name: "gavel_rpc_calls_total",
      help: "JSON-RPC calls",
      labelNames: ["method", "outcome"],
      registers,
    }),
    endpointHealthy: new Gauge({
      name: "gavel_rpc_endpoint_healthy",
      help: "1 when the last call worked",
      labelNames: ["endpoint"],
      registers,
    }),
    websocketConnected: new Gauge({
      name: "gavel_websocket_connected",
      help: "1 while the endpoint announces new blocks",
      labelNames: ["endpoint"],
      registers,
    }),
    proveSeconds: new Histogram({
      name: "gavel_prove_seconds",
      help: "time to make a proof",
      labelNames: ["model"],
      buckets: SECONDS,
      registers,
    }),
    transactions: new Counter({
      name: "gavel_transactions_total",
      help: "transactions by outcome and purpose",
      labelNames: ["outcome", "purpose"],
      registers,
    }),
    feesPaid: new Counter({ name: "gavel_gas_paid_ether_total", help: "gas paid for", registers }),
    refunds: new Counter({
      name: "gavel_refund_sweeps_total",
      help: "requests that a sweep marked for refund",
      registers,
    }),
    earned: new Counter({
      name: "gavel_earned_ether_total",
      help: "worth of the fees of confirmed settlements",
      registers,
    }),
    balance: new Gauge({ name: "gavel_sender_balance_ether", help: "balance of the sending account", registers }),
    breakerOpen: new Gauge({ name: "gavel_breaker_open", help: "1 while no new work is taken", registers }),
    drift: new Gauge({
      name: "gavel_reconcile_drift_rows",
      help: "rows that disagreed with the chain at the last comparison",
      registers,
    }),
    cronRuns: new Counter({
      name: "gavel_cron_runs_total",
      help: "periodic tasks run",
      labelNames: ["task", "outcome"],
      registers,
    }),
    cronSeconds: new Histogram({
      name: "gavel_cron_seconds",
      help: "time of a periodic task",
      labelNames: ["task"],
      buckets: SECONDS,
      registers,
    }),
    serviceFailures: new Counter({
      name: "gavel_service_failures_total",
      help: "failures of a service",
      labelNames: ["service"],
      registers,
    }),
  };
}
