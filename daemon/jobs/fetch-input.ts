/** Fetches the input of a request that is known by its hash only, and keeps it only when it has that hash. */
import { bytesToHex, keccak256 } from "viem";
import type { Rpc } from "../chain/rpc.ts";
import { StaleLeaseError } from "../errors.ts";
import { readSource, sourcesOf, wrongInput } from "../inputs/sources.ts";
import { errorText, type Logger } from "../logger.ts";
import type { DaemonConfig } from "../options.ts";
import { getRequest, type Hex, type RequestRow } from "../store/requests.ts";
import type { Store } from "../store/store.ts";
import { LONGEST_WAIT_SECONDS } from "../store/waits.ts";
import { begin } from "./evaluate.ts";
import type { Models } from "./models.ts";

export interface InputFetcherOptions {
  readonly store: Store;
  readonly rpc: Rpc;
  readonly models: Models;
  readonly logger: Logger;
  readonly config: DaemonConfig;
}

export interface InputFetcher {
  handle(requestId: string): Promise<void>;
  /** Ends the download under way. */
  close(): void;
}

/** After a failure, doubled for each further one. */
const RETRY_SECONDS = 2;

export function createInputFetcher({ store, rpc, models, logger, config }: InputFetcherOptions): InputFetcher {
  const closing = new AbortController();

  async function handle(requestId: string): Promise<void> {
    const request = await getRequest(store, requestId);
    if (request?.state !== "fetching") return;
    const { registered } = await models.resolve(rpc.client, request.modelId);
    const found = await firstOf(request, registered.inputBytes);
    if (closing.signal.aborted) return;
    try {
      if ("error" in found) {
        await giveUpOrRetry(request, found.error);
        return;
      }
      const { input } = found;
      await store.transaction(async (tx) => {
        await tx.query("update requests set input = $2, attempts = 0 where request_id = $1", [requestId, input]);
        await begin(tx, { ...request, input }, { from: "fetching", lock: request.lockWanted });
      });
    } catch (error) {
      // The request ended meanwhile.
      if (!(error instanceof StaleLeaseError)) throw error;
    }
  }

  async function firstOf(
    request: RequestRow,
    inputBytes: number,
  ): Promise<{ input: Hex } | { error: Error | undefined }> {
    let error: (Error & { retryable?: boolean }) | undefined;
    for (const source of sourcesOf(request, config)) {
      try {
        const bytes = await readSource(source, inputBytes, config, closing.signal);
        const input = bytesToHex(bytes);
        const hash = keccak256(input);
        if (hash !== request.inputHash) throw wrongInput(`hash ${request.inputHash}`, hash);
        logger.info("INPUT-FETCHED", { requestId: request.requestId, bytes: bytes.length });
        return { input };
      } catch (caught) {
        // A source worth asking again decides over one that is not.
        if (error?.retryable !== true) error = caught as Error;
        logger.warn("INPUT-FETCH-FAILED", { requestId: request.requestId, error: caught });
      }
    }
    return { error };
  }

  async function giveUpOrRetry(
    request: RequestRow,
    error: (Error & { retryable?: boolean }) | undefined,
  ): Promise<void> {
    const { requestId, deadline } = request;
    const attempts = request.attempts + 1;
    await store.transaction(async (tx) => {
      if (error?.retryable === true && attempts < config.maxAttempts) {
        await tx.query("update requests set attempts = $2 where request_id = $1", [requestId, attempts]);
        const delaySeconds = Math.min(LONGEST_WAIT_SECONDS, RETRY_SECONDS * 2 ** attempts);
        await tx.enqueue("fetch", { kind: "request", id: requestId }, { deadline, delaySeconds });
        return;
      }
      const detail = error === undefined ? "no source is known" : errorText(error);
      await tx.move(requestId, {
        to: "skipped",
        from: ["fetching"],
        code: "INPUT-UNAVAILABLE",
        detail,
        set: { lockWanted: false },
      });
    });
  }

  return { handle, close: () => closing.abort() };
}
