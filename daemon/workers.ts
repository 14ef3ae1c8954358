/** What works on requests: evaluation, fetching and proving from the queues, sending in its loop; each in its role. */

import { createProverLists } from "./chain/prover-lists.ts";
import type { Rpc } from "./chain/rpc.ts";
import type { Watcher } from "./chain/watcher.ts";
import type { EventBus } from "./events.ts";
import type { Breaker } from "./jobs/breaker.ts";
import { evaluate } from "./jobs/evaluate.ts";
import { createInputFetcher } from "./jobs/fetch-input.ts";
import type { Models } from "./jobs/models.ts";
import { createProveService } from "./jobs/prove.ts";
import type { Worth } from "./jobs/worth.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { type DaemonConfig, readProverLists } from "./options.ts";
import { createProverProcess } from "./proving/process.ts";
import { createSender } from "./sending/sender.ts";
import type { Signer } from "./sending/signer.ts";
import type { Service } from "./services.ts";
import type { Settings } from "./settings.ts";
import { lastBlock } from "./store/chain-rows.ts";
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
  readonly worth: Worth;
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
  /** The chain has new blocks: what waits for them is looked at. */
  wake(): void;
  /** Takes no new jobs and gives up the running proof. */
  drain(): void;
  /** After the loops have ended. */
  close(): Promise<void>;
}

export async function startWorkers(options: WorkerOptions): Promise<Workers> {
  const { config, settings } = options;
  const parts: Workers[] = [];
  if (!config.watchOnly) {
    if (settings.roles.has("watch")) parts.push(await startEvaluating(options));
    if (settings.roles.has("prove") && settings.prover !== undefined)
      parts.push(await startProving(options, settings.prover));
    if (settings.roles.has("send") && settings.prover !== undefined && options.signer !== undefined)
      parts.push(startSending(options, settings.prover, options.signer));
  }
  return {
    cancel: (requestId) => {
      for (const part of parts) part.cancel(requestId);
    },
    wake: () => {
      for (const part of parts) part.wake();
    },
    drain: () => {
      for (const part of parts) part.drain();
    },
    close: async () => {
      for (const part of parts) await part.close();
    },
  };
}

const nothing = () => undefined;

async function startEvaluating(options: WorkerOptions): Promise<Workers> {
  const { config, settings, store, watcher } = options;
  const { status } = watcher;
  const chainTime = () => status.headTimestamp + Math.floor((performance.now() - status.headSeenMs) / 1000);
  const proverLists = createProverLists(readProverLists(config));
  const evaluator = { ...options, ...settings, proverLists, chainTime };
  await store.work("evaluate", ({ id }) => evaluate(id, evaluator));
  const fetcher = createInputFetcher(options);
  await store.work("fetch", ({ id }) => fetcher.handle(id));
  return { cancel: nothing, wake: nothing, drain: fetcher.close, close: async () => undefined };
}

async function startProving(options: WorkerOptions, proverAddress: `0x${string}`): Promise<Workers> {
  const { config, settings, store, metrics, events } = options;
  const prover = createProverProcess({
    threads: settings.threads,
    memoryMb: config.provingMemoryMb,
    modelCacheSize: config.modelCacheSize,
  });
  const proving = createProveService({
    ...options,
    prover,
    chainId: settings.chainId,
    proverAddress,
    holder: settings.holder,
    onPhase: (id, phase) => events.publish({ type: "phase", id, phase }),
    onProved: (model, proveMs) => metrics.proveSeconds.observe({ model }, proveMs / 1000),
  });
  await store.work("prove", proving.handle);
  return { cancel: proving.cancel, wake: nothing, drain: proving.close, close: async () => prover.close() };
}

function startSending(options: WorkerOptions, prover: `0x${string}`, signer: Signer): Workers {
  const { config, settings, store, metrics, events } = options;
  const sender = createSender({
    ...options,
    ...config,
    breaker: options.sendingBreaker,
    signer,
    prover,
    proverLists: createProverLists(readProverLists(config)),
    chainId: settings.chainId,
    holder: settings.holder,
    // The watcher may be in another process.
    cursor: () => lastBlock(store),
    onOutcome: (purpose, outcome, feePaidWei) => {
      metrics.transactions.inc({ outcome, purpose });
      metrics.feesPaid.inc(Number(feePaidWei) / 1e18);
    },
  });
  const sending = options.loop("sender", sender.tick);
  const unsubscribe = events.subscribe((event) => {
    if (event.type === "state" && (event.to === "proved" || event.to === "locking")) sending.wake();
  });
  const wake = () => {
    // A pause after failures protects the endpoints.
    if (sending.failures === 0) sending.wake();
  };
  return { cancel: nothing, wake, drain: unsubscribe, close: sender.close };
}
