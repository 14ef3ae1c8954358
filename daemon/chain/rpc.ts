/**
 * JSON-RPC over several endpoints with health scores.
 *
 * `session()` pins one endpoint, because two nodes behind different addresses may be at different heights: what one says of its
 * head must not be combined with another's logs. Calls outside a session fail over to the next endpoint.
 */
import { createPublicClient, custom, http, type PublicClient } from "viem";
import { RpcError } from "../errors.ts";
import type { Logger } from "../logger.ts";

export interface Rpc {
  /** Fails over between endpoints. */
  readonly client: PublicClient;
  /** A client of one endpoint, the healthiest now; `report` says whether it did its work. */
  session(): { client: PublicClient; endpoint: string; report(error?: unknown): void };
  /** A client per endpoint, healthiest first: a transaction is handed to all of them. */
  readonly endpoints: () => readonly PublicClient[];
  /** The highest head that any endpoint gives; endpoints that do not answer are left out. */
  highestBlock(): Promise<number>;
  health(): readonly { endpoint: string; healthy: boolean; failures: number }[];
}

interface Endpoint {
  readonly name: string;
  readonly client: PublicClient;
  failures: number;
  /** Not chosen before this time, while another one is. */
  avoidUntilMs: number;
}

export interface RpcOptions {
  readonly timeoutMs: number;
  readonly logger: Logger;
  /** Milliseconds by a clock that never jumps. */
  readonly now?: () => number;
  readonly onCall?: (method: string, outcome: "ok" | "error") => void;
}

/** First pause after a failure, doubled for each further one up to the largest. */
const AVOID_MS = 500;
const AVOID_MAX_MS = 60_000;

export function createRpc(
  urls: readonly string[],
  { timeoutMs, logger, now = () => performance.now(), onCall }: RpcOptions,
): Rpc {
  const endpoints: Endpoint[] = urls.map((url) => {
    const transport = http(url, { timeout: timeoutMs, retryCount: 1, retryDelay: 50 });
    return {
      name: new URL(url).host,
      client: createPublicClient({ transport: counted(transport), pollingInterval: 100, cacheTime: 0 }),
      failures: 0,
      avoidUntilMs: 0,
    };
  });

  function counted(transport: ReturnType<typeof http>): ReturnType<typeof http> {
    if (onCall === undefined) return transport;
    return (options) => {
      const inner = transport(options);
      return {
        ...inner,
        request: (async (call: { method: string }, ...rest: []) => {
          try {
            const result = await inner.request(call as never, ...rest);
            onCall(call.method, "ok");
            return result;
          } catch (error) {
            onCall(call.method, "error");
            throw error;
          }
        }) as typeof inner.request,
      };
    };
  }

  const byHealth = (): Endpoint[] => {
    const time = now();
    const penalty = (endpoint: Endpoint) => (endpoint.avoidUntilMs > time ? 1 + endpoint.failures : 0);
    return [...endpoints].sort((a, b) => penalty(a) - penalty(b));
  };

  const report = (endpoint: Endpoint, error?: unknown): void => {
    if (error === undefined || !isEndpointFault(error)) {
      endpoint.failures = 0;
      endpoint.avoidUntilMs = 0;
      return;
    }
    endpoint.failures++;
    const pauseMs = Math.min(AVOID_MAX_MS, AVOID_MS * 2 ** (endpoint.failures - 1));
    endpoint.avoidUntilMs = now() + pauseMs;
    logger.warn("RPC-ENDPOINT-DOWN", { endpoint: endpoint.name, failures: endpoint.failures, pauseMs, error });
  };

  async function requestAny(call: { method: string; params?: unknown }): Promise<unknown> {
    let last: unknown;
    for (const endpoint of byHealth()) {
      try {
        const result: unknown = await endpoint.client.request(call as never);
        if (result === null && call.method === "eth_getBlockByNumber") throw noBlock(endpoint.name);
        report(endpoint);
        return result;
      } catch (error) {
        report(endpoint, error);
        if (!isEndpointFault(error)) throw error;
        last = error;
      }
    }
    throw last instanceof Error
      ? last
      : new RpcError("no endpoint answers", { remedy: "check `rpcUrls`", retryable: true, cause: last });
  }

  return {
    client: createPublicClient({
      transport: custom({ request: requestAny as never }, { retryCount: 0 }),
      pollingInterval: 100,
      cacheTime: 0,
    }),
    session: () => {
      const endpoint = byHealth()[0]!;
      return { client: endpoint.client, endpoint: endpoint.name, report: (error) => report(endpoint, error) };
    },
    endpoints: () => byHealth().map(({ client }) => client),
    highestBlock: async () => {
      const heads = await Promise.allSettled(endpoints.map(({ client }) => client.getBlockNumber()));
      return Math.max(-1, ...heads.map((head) => (head.status === "fulfilled" ? Number(head.value) : -1)));
    },
    health: () => endpoints.map(({ name, failures }) => ({ endpoint: name, healthy: failures === 0, failures })),
  };
}

const noBlock = (endpoint: string) =>
  new RpcError("an endpoint does not give a block it has", {
    got: `nothing from ${endpoint}`,
    remedy: "none: another endpoint is asked",
    retryable: true,
  });

/** True for faults of the endpoint (no answer, HTTP status, overload); false for an answer about the call itself. */
export function isEndpointFault(error: unknown): boolean {
  for (let at = error as { name?: string; code?: unknown; cause?: unknown } | undefined; at; at = at.cause as never) {
    if (at.name === "HttpRequestError" || at.name === "TimeoutError" || at.name === "SocketClosedError") return true;
    // Only blocks up to the head that the endpoint itself gave are asked for.
    if (at.name === "BlockNotFoundError") return true;
    if (at.name === "LimitExceededRpcError" || at.name === "ResourceUnavailableRpcError") return true;
    if (at.name === "Daemon.ChainMismatchError" || at.name === "Daemon.RpcError") return true;
    if (at.code === -32005 || at.code === 429) return true;
  }
  return false;
}
