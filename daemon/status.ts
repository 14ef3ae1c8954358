/** The daemon's own view of its health: what /ready, /status and the metrics say. */
import type { Rpc } from "./chain/rpc.ts";
import type { Watcher } from "./chain/watcher.ts";
import type { Breaker } from "./jobs/breaker.ts";
import type { Metrics } from "./metrics.ts";
import type { Role } from "./options.ts";
import type { Service } from "./services.ts";
import { STATES, type State } from "./store/states.ts";
import type { Store } from "./store/store.ts";

export interface DaemonStatus {
  readonly ready: boolean;
  /** Why not. */
  readonly notReady: readonly string[];
  readonly chainId: number;
  readonly market: string;
  readonly sender: string | null;
  readonly prover: string | null;
  readonly mode: "normal" | "dry-run" | "watch-only";
  readonly roles: Role[];
  readonly head: number;
  readonly cursor: number;
  readonly headAgeMs: number;
  readonly deepReorg: boolean;
  readonly breakerOpen: boolean;
  readonly requests: Readonly<Partial<Record<State, number>>>;
  readonly jobs: Readonly<Record<string, number>>;
  readonly services: Readonly<Record<string, { failures: number }>>;
  readonly endpoints: readonly { endpoint: string; healthy: boolean; failures: number }[];
}

export interface StatusOptions {
  readonly identity: Pick<DaemonStatus, "chainId" | "market" | "sender" | "prover" | "mode" | "roles">;
  readonly store: Store;
  readonly rpc: Rpc;
  readonly watcher: Watcher;
  readonly breakers: readonly Breaker[];
  readonly services: () => readonly Service[];
  readonly maxHeadAgeMs: number;
}

export async function readStatus(options: StatusOptions): Promise<DaemonStatus> {
  const { identity, store, rpc, watcher, breakers, services, maxHeadAgeMs } = options;
  const { head, cursor, headSeenMs, caughtUp, deepReorg } = watcher.status;
  const headAgeMs = performance.now() - headSeenMs;
  const breakerOpen = breakers.some((breaker) => breaker.isOpen());
  const counts = await store.query("select state, count(*) as count from requests group by state");
  const notReady = [
    ...(caughtUp ? [] : ["not caught up with the chain yet"]),
    ...(headAgeMs > maxHeadAgeMs ? ["no endpoint has answered lately"] : []),
    ...(breakerOpen ? ["too many failures in a row"] : []),
  ];
  return {
    ...identity,
    ready: notReady.length === 0,
    notReady,
    head,
    cursor,
    headAgeMs,
    deepReorg,
    breakerOpen,
    requests: Object.fromEntries(counts.map(({ state, count }) => [state, Number(count)])),
    jobs: await store.queueLengths(),
    services: Object.fromEntries(services().map(({ name, failures }) => [name, { failures }])),
    endpoints: rpc.health(),
  };
}

export function setGauges(metrics: Metrics, status: DaemonStatus): void {
  metrics.head.set(status.head);
  metrics.cursor.set(status.cursor);
  metrics.headAge.set(status.headAgeMs / 1000);
  metrics.breakerOpen.set(status.breakerOpen ? 1 : 0);
  for (const state of STATES) metrics.requests.set({ state }, status.requests[state] ?? 0);
  for (const [queue, count] of Object.entries(status.jobs)) metrics.queued.set({ queue }, count);
  for (const { endpoint, healthy } of status.endpoints) metrics.endpointHealthy.set({ endpoint }, healthy ? 1 : 0);
}
