import type { Clock } from "pg-boss";
import type { EventBus } from "../events.ts";
import type { Models } from "../jobs/models.ts";
import type { Metrics } from "../metrics.ts";
import type { DaemonStatus } from "../status.ts";
import type { ProofFiles } from "../store/proof-files.ts";
import type { Store } from "../store/store.ts";

export interface RouteOptions {
  readonly store: Store;
  readonly models: Models;
  readonly proofs: ProofFiles;
  readonly metrics: Metrics;
  readonly events: EventBus;
  readonly clock: Pick<Clock, "setInterval" | "clearInterval">;
  readonly status: () => Promise<DaemonStatus>;
  /** Brings gauges up to date before they are read. */
  readonly refreshMetrics: () => Promise<void>;
  readonly apiToken: string | undefined;
  /** Folder of the built web page; nothing is served at / without one. */
  readonly dashboard: string | undefined;
}
