/**
 * The daemon: watches a market, proves what it takes, settles, and survives being stopped at any point.
 *
 *     chain ─▶ watcher ─▶ evaluate ─▶ prove ─▶ sender ─▶ chain
 *                  └──────── rows, history, jobs ─────────┘   one database
 */
import { createIngest } from "./chain/ingest.ts";
import { createLogReader } from "./chain/logs.ts";
import { followNewHeads } from "./chain/new-heads.ts";
import { createRpc } from "./chain/rpc.ts";
import { createWatcher } from "./chain/watcher.ts";
import { createClockWatch, STEADY_CLOCK } from "./clock.ts";
import { createEventBus } from "./events.ts";
import { createRoutes } from "./http/routes.ts";
import { startHttp } from "./http/server.ts";
import { createBreaker } from "./jobs/breaker.ts";
import { loadModels } from "./jobs/models.ts";
import { startPeriodic } from "./jobs/periodic.ts";
import { recoverJobs } from "./jobs/recover.ts";
import { createWorth, ETH, type Worth } from "./jobs/worth.ts";
import { createLogger } from "./logger.ts";
import { createMetrics } from "./metrics.ts";
import { type DaemonConfig, readSecret } from "./options.ts";
import { configuredSigner } from "./sending/configured-signer.ts";
import type { Signer } from "./sending/signer.ts";
import { type Service, startService } from "./services.ts";
import { resolveSettings } from "./settings.ts";
import { readStatus, setGauges } from "./status.ts";
import { openProofFiles } from "./store/proof-files.ts";
import { openStore, type StateChange } from "./store/store.ts";
import { bringForward, LONGEST_WAIT_SECONDS } from "./store/waits.ts";
import { startWorkers, type Workers } from "./workers.ts";

export interface RunningDaemon {
  /** Of the HTTP interface. */
  readonly url: string;
  /** Resolves when the daemon has caught up with the chain for the first time. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** Between two looks for what a clock that went back left in the future. */
const BRING_FORWARD_MS = 5000;

/** `given.signer` signs in place of the configured key; `given.dashboard` is the folder of the built web page. */
export async function startDaemon(
  config: DaemonConfig,
  given: { signer?: Signer; dashboard?: string } = {},
): Promise<RunningDaemon> {
  const logger = createLogger(config.logLevel);
  const metrics = createMetrics();
  const events = createEventBus();
  const onCall = (method: string, outcome: string) => metrics.rpcCalls.inc({ method, outcome });
  const rpc = createRpc(config.rpcUrls, { timeoutMs: config.rpcTimeoutMs, logger, onCall });

  const sends = !config.watchOnly && config.role.includes("send");
  const signer = sends ? (given.signer ?? (await configuredSigner(config))) : undefined;
  const settings = await resolveSettings(config, signer, rpc);
  const models = await loadModels(config.models, config.market);
  const worth = createWorth(config.tokenRates);
  const proofs = openProofFiles(config.proofDir);
  const breakerOptions = { failures: config.breakerFailures, cooldownMs: config.breakerCooldownMs, logger };
  // Proofs that are made are worth sending while no new ones are made.
  const breaker = createBreaker({ ...breakerOptions, what: "proving" });
  const sendingBreaker = createBreaker({ ...breakerOptions, what: "sending" });

  let workers: Workers | undefined;
  const onChange = ({ row, from }: StateChange): void => {
    const { requestId, state, code, detail } = row;
    logger.info("REQUEST-STATE", { requestId, from, to: state, reason: code, detail });
    metrics.stateChanges.inc({ state, code: code ?? "" });
    if (state === "confirmed") metrics.earned.inc(earnedEther(row, worth));
    if (from === "proving" && state !== "proved") workers?.cancel(requestId);
    events.publish({ type: "state", requestId, from, to: state, code });
  };
  const store = await openStore(config.database, {
    onChange,
    onError: (error) => logger.warn("SERVICE-FAILED", { service: "queue", error }),
    jobTimeoutSeconds: Math.ceil(config.provingTimeoutMs / 1000) + 120,
  });
  const undo: (() => Promise<void>)[] = [store.close];
  try {
    const watcher = await createWatcher({
      ...settings,
      store,
      rpc,
      logger,
      market: config.market,
      startBlock: config.startBlock,
      logReader: createLogReader(config.market, config.maxLogRange),
      ingest: createIngest(settings.isOurs, logger),
      onReorg: (depth) => {
        metrics.reorgs.inc();
        metrics.reorgDepth.set(depth);
        events.publish({ type: "reorg", depth });
      },
    });

    const services: Service[] = [];
    const loop = (name: string, step: (signal: AbortSignal) => Promise<void>): Service => {
      const onFailure = () => metrics.serviceFailures.inc({ service: name });
      const service = startService(name, step, { pauseMs: config.pollMs, logger, onFailure });
      services.push(service);
      return service;
    };
    const status = () =>
      readStatus({ ...settings, store, rpc, watcher, breakers: [breaker, sendingBreaker], services: () => services });
    const refreshMetrics = async () => setGauges(metrics, await status());
    const apiToken = config.apiTokenFile === undefined ? undefined : readSecret(config.apiTokenFile);
    const { dashboard } = given;
    const routes = createRoutes({
      store,
      models,
      proofs,
      metrics,
      events,
      clock: STEADY_CLOCK,
      status,
      refreshMetrics,
      apiToken,
      dashboard,
    });
    const http = await startHttp(routes, config);
    undo.push(http.stop);

    await recoverJobs(store, { atStart: true });
    const ready = Promise.withResolvers<void>();
    const watching = loop("watcher", async (signal) => {
      const { cursor } = watcher.status;
      if (settings.roles.has("watch")) await watcher.tick(signal);
      else await watcher.follow();
      if (watcher.status.caughtUp) ready.resolve();
      // Outcomes in the new blocks count now.
      if (watcher.status.cursor !== cursor) workers?.wake();
    });
    undo.push(async () => void (await Promise.all(services.map((service) => service.stop()))));
    const newHeads = followNewHeads(config.wsUrls, {
      chainId: settings.chainId,
      logger,
      onBlock: () => {
        // A pause after failures protects the endpoints.
        if (watching.failures === 0) watching.wake();
      },
      onConnection: ({ endpoint, isConnected }) => metrics.websocketConnected.set({ endpoint }, isConnected ? 1 : 0),
    });
    undo.push(newHeads.stop);
    const shared = {
      config,
      settings,
      signer,
      store,
      rpc,
      models,
      proofs,
      worth,
      watcher,
      breaker,
      sendingBreaker,
      logger,
      metrics,
      events,
    };
    workers = await startWorkers({ ...shared, loop });
    const periodic = startPeriodic({
      ...shared,
      roles: settings.roles,
      prover: settings.prover,
      sender: signer?.address,
    });
    const clock = createClockWatch();
    const longestLeaseSeconds = Math.max(LONGEST_WAIT_SECONDS, (10 * config.pollMs) / 1000);
    let broughtForwardMs = performance.now();
    loop("clock", async () => {
      const backMs = clock.wentBackMs();
      if (backMs > 0) {
        logger.warn("CLOCK-WENT-BACK", { backMs });
        periodic.restart();
      }
      if (backMs === 0 && performance.now() - broughtForwardMs < BRING_FORWARD_MS) return;
      await bringForward(store, longestLeaseSeconds);
      broughtForwardMs = performance.now();
    });

    const names = models.supported.map(({ name }) => name);
    logger.info("DAEMON-START", { ...settings.identity, url: http.url, models: names });
    void ready.promise.then(() => logger.info("DAEMON-READY", { cursor: watcher.status.cursor }));

    const stop = async (): Promise<void> => {
      logger.info("DAEMON-STOP");
      workers?.drain();
      await Promise.all([newHeads.stop(), periodic.stop(), http.stop(), ...services.map((service) => service.stop())]);
      await workers?.close();
      await store.close();
      logger.info("DAEMON-STOPPED");
    };
    let stopped: Promise<void> | undefined;
    const stopOnce = (): Promise<void> => {
      stopped ??= stop();
      return stopped;
    };
    return { url: http.url, ready: ready.promise, stop: stopOnce };
  } catch (error) {
    for (const end of undo.reverse()) await end();
    throw error;
  }
}

function earnedEther({ paid, options }: StateChange["row"], worth: Worth): number {
  return Number(worth(options?.token ?? ETH, paid ?? 0n) ?? 0n) / 1e18;
}
