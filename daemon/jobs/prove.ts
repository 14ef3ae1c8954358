/** Makes the proof of one request or of one direct job, or finds it made. */
import { hexToBytes } from "viem";
import { contextOf } from "../../api/statement.ts";
import { statusOf } from "../chain/market.ts";
import type { Rpc } from "../chain/rpc.ts";
import { ProvingCancelledError, StaleLeaseError, StoreError } from "../errors.ts";
import { errorText, type Logger } from "../logger.ts";
import type { DaemonConfig } from "../options.ts";
import type { ProverProcess } from "../proving/process.ts";
import { type ProofFiles, proofKeyOf, type StoredProof } from "../store/proof-files.ts";
import { getProofJob, updateProofJob } from "../store/proof-jobs.ts";
import { getRequest, type Hex, leaseRequest, type RequestRow, renewLease } from "../store/requests.ts";
import type { JobData, Store } from "../store/store.ts";
import { LONGEST_WAIT_SECONDS } from "../store/waits.ts";
import type { Breaker } from "./breaker.ts";
import type { Models, SupportedModel } from "./models.ts";

export interface ProveOptions {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly models: Models;
  readonly proofs: ProofFiles;
  readonly prover: ProverProcess;
  readonly breaker: Breaker;
  readonly logger: Logger;
  readonly config: DaemonConfig;
  readonly chainId: number;
  readonly proverAddress: Hex;
  readonly holder: string;
  readonly onPhase: (id: string, phase: string) => void;
  readonly onProved: (model: string, proveMs: number) => void;
}

export interface ProveService {
  handle(job: JobData): Promise<void>;
  /** Stops the proof of a request whose result is no longer wanted. */
  cancel(requestId: string): void;
  close(): void;
}

const LEASE_SECONDS = 20;
const RENEW_MS = 5_000;
/** After a failure, doubled for each further one. */
const RETRY_SECONDS = 2;
/** While another process holds the request. */
const BUSY_SECONDS = 5;

interface Proved extends StoredProof {
  readonly proveMs: number | null;
  readonly key: string;
}

export function createProveService(options: ProveOptions): ProveService {
  const { store, rpc, models, proofs, prover, breaker, logger, config } = options;
  const running = new Map<string, AbortController>();
  let closed = false;

  async function handle(job: JobData): Promise<void> {
    if (closed) throw new ProvingCancelledError("the daemon is stopping", { retryable: true });
    if (job.kind === "direct") await proveDirect(job.id);
    else await proveRequest(job.id);
  }

  async function proveRequest(requestId: string): Promise<void> {
    const job = { kind: "request", id: requestId } as const;
    const before = await getRequest(store, requestId);
    if (before === undefined || (before.state !== "accepted" && before.state !== "proving")) return;
    if ((await statusOf(rpc.client, config.market, before.requestId)) !== "Open") return;
    const { model } = await models.resolve(rpc.client, before.modelId);
    const started = await store.transaction(async (tx) => {
      const leased = await leaseRequest(tx, requestId, options.holder, LEASE_SECONDS);
      if (leased === undefined) {
        await tx.enqueue("prove", job, { deadline: before.deadline, delaySeconds: BUSY_SECONDS });
        return undefined;
      }
      if (leased.state === "proving") return leased;
      if (leased.state !== "accepted") return undefined;
      return model === undefined
        ? tx.move(requestId, { to: "skipped", code: "MODEL-UNKNOWN" })
        : tx.move(requestId, { to: "proving" });
    });
    if (started?.state !== "proving" || model === undefined) return;
    await underLease(started, model);
  }

  async function underLease(request: RequestRow, model: SupportedModel): Promise<void> {
    const { requestId, leaseEpoch: epoch } = request;
    const controller = new AbortController();
    running.set(requestId, controller);
    const renewal = setInterval(() => {
      renewLease(store, requestId, epoch, LEASE_SECONDS).then(
        (kept) => kept || controller.abort(),
        () => undefined,
      );
    }, RENEW_MS);
    try {
      const binding = { chainId: options.chainId, market: config.market, requestId, prover: options.proverAddress };
      const { key, proveMs } = await proofOf(
        requestId,
        model,
        hexToBytes(request.input),
        contextOf(binding),
        controller.signal,
      );
      breaker.success();
      await store.transaction((tx) =>
        tx.move(requestId, {
          to: "proved",
          from: ["proving"],
          epoch,
          set: { proofKey: key, leaseUntil: null, ...(proveMs === null ? {} : { proveMs }) },
        }),
      );
    } catch (error) {
      await afterFailure(request, error as Error & { retryable?: boolean });
    } finally {
      clearInterval(renewal);
      running.delete(requestId);
    }
  }

  async function afterFailure(request: RequestRow, error: Error & { retryable?: boolean }): Promise<void> {
    const { requestId, leaseEpoch: epoch, deadline } = request;
    if (error instanceof StaleLeaseError) return;
    const cancelled = error instanceof ProvingCancelledError;
    // A full disk says nothing about the request.
    const attempts = request.attempts + (cancelled || error instanceof StoreError ? 0 : 1);
    const isInput = /PackingError|TensorError|RangeError|WitnessError|OutOfRange/.test(error.message);
    const again = cancelled || ((error.retryable ?? true) && attempts < config.maxAttempts);
    logger[cancelled ? "info" : "error"](cancelled ? "PROVE-CANCELLED" : "PROVE-FAILED", {
      requestId,
      attempts,
      again,
      error,
    });
    // The input of a stranger says nothing about this daemon's health.
    if (!cancelled && !isInput) breaker.failure(error.name);
    const set = { attempts, leaseUntil: null };
    try {
      await store.transaction(async (tx) => {
        if (!again) {
          const code = isInput ? "INPUT-INVALID" : "PROVING-FAILED";
          await tx.move(requestId, { to: "failed", from: ["proving"], epoch, code, detail: errorText(error), set });
          return;
        }
        await tx.move(requestId, {
          to: "accepted",
          from: ["proving"],
          epoch,
          code: "PROVE-AGAIN",
          detail: errorText(error),
          set,
        });
        const delaySeconds = cancelled ? 0 : Math.min(LONGEST_WAIT_SECONDS, RETRY_SECONDS * 2 ** attempts);
        await tx.enqueue("prove", { kind: "request", id: requestId }, { deadline, delaySeconds });
      });
    } catch (stale) {
      // A rival settled, the deadline passed, or another process took over: there is nothing to write.
      if (!(stale instanceof StaleLeaseError)) throw stale;
    }
  }

  async function proveDirect(id: string): Promise<void> {
    const job = await getProofJob(store, id);
    const model = job === undefined ? undefined : models.find(job.model);
    if (job === undefined || model === undefined || job.state === "proved" || job.state === "failed") return;
    const controller = new AbortController();
    running.set(id, controller);
    try {
      await updateProofJob(store, id, { state: "proving" });
      const { key, proveMs } = await proofOf(
        id,
        model,
        hexToBytes(job.input),
        hexToBytes(job.context),
        controller.signal,
      );
      await updateProofJob(store, id, { state: "proved", proofKey: key, proveMs });
    } catch (error) {
      if (error instanceof ProvingCancelledError) {
        await updateProofJob(store, id, { state: "queued" });
        throw error;
      }
      logger.error("PROVE-FAILED", { id, error });
      await updateProofJob(store, id, { state: "failed", detail: errorText(error) });
    } finally {
      running.delete(id);
    }
  }

  async function proofOf(
    id: string,
    model: SupportedModel,
    input: Uint8Array,
    context: Uint8Array,
    signal: AbortSignal,
  ): Promise<Proved> {
    const key = proofKeyOf(hexToBytes(model.vkDigest), context, input);
    const task = { timeoutMs: config.provingTimeoutMs, signal };
    const { artifact } = model;
    const stored = await proofs.read(key);
    if (stored !== undefined) {
      const holds = await prover.verify({ artifact, input, context, ...stored }, task).then(
        () => true,
        (error: Error) => {
          if (error instanceof ProvingCancelledError) throw error;
          return false;
        },
      );
      if (holds) {
        logger.info("PROVE-REUSED", { id, model: model.name });
        return { ...stored, key, proveMs: null };
      }
      await proofs.remove(key);
    }
    logger.info("PROVE-START", { id, model: model.name });
    const onPhase = (phase: string) => options.onPhase(id, phase);
    const { proof, output, proveMs, peakRssMb } = await prover.prove(
      { artifact, input, context },
      { ...task, onPhase },
    );
    await proofs.write(key, { proof, output });
    options.onProved(model.name, proveMs);
    logger.info("PROVE-DONE", { id, model: model.name, proveMs, proofBytes: proof.length, peakRssMb });
    return { proof, output, key, proveMs };
  }

  return {
    handle,
    cancel: (requestId) => running.get(requestId)?.abort(),
    close: () => {
      closed = true;
      for (const controller of running.values()) controller.abort();
    },
  };
}
