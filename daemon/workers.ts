/** What works on requests: evaluation and proving from the queue, sending in its loop. */

import type { Rpc } from "./chain/rpc.ts";
import { createSender } from "./chain/sender.ts";
import type { Signer } from "./chain/signer.ts";
import type { Watcher } from "./chain/watcher.ts";
import type { EventBus } from "./events.ts";
import type { Breaker } from "./jobs/breaker.ts";
import { evaluate } from "./jobs/evaluate.ts";
import type { Models } from "./jobs/models.ts";
import { createProveService } from "./jobs/prove.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import type { DaemonConfig } from "./options.ts";
import { createProverProcess } from "./proving/process.ts";
import type { Service } from "./services.ts";
import type { Settings } from "./settings.ts";
import type { ProofFiles } from "./store/proof-files.ts";
import type { Store } from "./store/store.ts";

export interface WorkerOptions {
  readonly config: DaemonConfig;
  readonly settings: Settings;
  readonly signer: Signer | undefined;
  readonly store: Store;
  readonly rpc: Rpc;
  readonly models: Models;
  readonly proofs: ProofFiles;
  readonly watcher: Watcher;
  readonly breaker: Breaker;
  readonly sendingBreaker: Breaker;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: EventBus;
  readonly loop: (name: string, step: (signal: AbortSignal) => Promise<void>) => Service;
}

export interface Workers {
  /** Stops the proof of a request whose result is no longer wanted. */
  cancel(requestId: string): void;
  /** Takes no new jobs and gives up the running proof. */
  drain(): void;
  /** After the loops have ended. */
  close(): Promise<void>;
}

const IDLE: Workers = { cancel: () => undefined, drain: () => undefined, close: async () => undefined };

export async function startWorkers(options: WorkerOptions): Promise<Workers> {
  const { config, settings, signer, store, rpc, models, watcher, breaker, metrics, events } = options;
  if (config.watchOnly) return IDLE;
  const { status } = watcher;
  const chainTime = () => status.headTimestamp + Math.floor((Date.now() - status.headSeenMs) / 1000);
  await store.work("evaluate", ({ id }) => evaluate(id, { store, rpc, models, breaker, config, chainTime }));

  const { prover: proverAddress, chainId, holder, threads } = settings;
  if (proverAddress === undefined) return IDLE;
  const prover = createProverProcess({
    threads,
    memoryMb: config.provingMemoryMb,
    modelCacheSize: config.modelCacheSize,
  });
  const proving = createProveService({
    ...options,
    prover,
    chainId,
    proverAddress,
    holder,
    onPhase: (id, phase) => events.publish({ type: "phase", id, phase }),
    onProved: (model, proveMs) => metrics.proveSeconds.observe({ model }, proveMs / 1000),
  });
  await store.work("prove", proving.handle);

  const sender =
    signer === undefined
      ? undefined
      : createSender({
          ...options,
          ...config,
          breaker: options.sendingBreaker,
          signer,
          chainId,
          holder,
          prover: proverAddress,
          cursor: () => status.cursor,
          onOutcome: (outcome, feePaidWei) => {
            metrics.transactions.inc({ outcome });
            metrics.feesPaid.inc(Number(feePaidWei) / 1e18);
          },
        });
  const sending = sender === undefined ? undefined : options.loop("sender", sender.tick);
  const unsubscribe = events.subscribe((event) => {
    if (event.type === "state" && event.to === "proved") sending?.wake();
  });
  return {
    cancel: proving.cancel,
    drain: () => {
      unsubscribe();
      proving.close();
    },
    close: async () => {
      await sender?.close();
      prover.close();
    },
  };
}
