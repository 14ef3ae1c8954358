/**
 * Websockets that announce new blocks. An announcement ends a pause early and says nothing else: the chain is read over `rpcUrls`, by the
 * same loop, which goes on as before while a socket is down, silent or wrong.
 */
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { Logger } from "../logger.ts";
import type { SocketNews, SocketSettings } from "./new-heads-socket.ts";

export interface NewHeadsOptions {
  readonly chainId: number;
  readonly logger: Logger;
  /** A block was announced, or may have come while no socket listened. */
  readonly onBlock: () => void;
  readonly onConnection?: (connection: Connection) => void;
  readonly checkMs?: number;
  readonly announceMs?: number;
  /** First pause before a lost connection is made again, doubled for each further one up to a minute. */
  readonly reconnectMs?: number;
}

export interface Connection {
  readonly endpoint: string;
  readonly isConnected: boolean;
  /** Why not. */
  readonly reason?: string;
}

export interface NewHeads {
  /** Does not wait for the other side. */
  stop(): Promise<void>;
}

const CHECK_MS = 20_000;
const ANNOUNCE_MS = 200;
const RECONNECT_MS = 1000;
const RECONNECT_MAX_MS = 60_000;
/** A connection that lasted this long was a good one: the next pause is the first again. */
const STABLE_MS = 60_000;

// The same folder and extension, so that it is found in the sources and in the built package.
const socketPath = new URL(`./new-heads-socket${extname(import.meta.filename)}`, import.meta.url);

export function followNewHeads(urls: readonly string[], options: NewHeadsOptions): NewHeads {
  const sockets = urls.map((url) => followOne(url, options));
  return { stop: async () => void (await Promise.all(sockets.map(({ stop }) => stop()))) };
}

function followOne(url: string, options: NewHeadsOptions): NewHeads {
  const { chainId, logger, onBlock, onConnection } = options;
  const { checkMs = CHECK_MS, announceMs = ANNOUNCE_MS, reconnectMs = RECONNECT_MS } = options;
  const workerData: SocketSettings = { url, chainId, checkMs, announceMs };
  // The address may hold an access key.
  const endpoint = new URL(url).host;
  let socket: Worker | undefined;
  let reconnect: NodeJS.Timeout | undefined;
  let failures = 0;

  function open(): void {
    let connectedMs = Number.POSITIVE_INFINITY;
    const opened = new Worker(socketPath, { workerData, execArgv: [], env: {}, name: "gavel-new-heads" });
    socket = opened;
    const lost = (reason: string): void => {
      if (socket !== opened) return;
      socket = undefined;
      void opened.terminate();
      onConnection?.({ endpoint, isConnected: false, reason });
      failures = performance.now() - connectedMs > STABLE_MS ? 1 : failures + 1;
      const pauseMs = Math.min(RECONNECT_MAX_MS, reconnectMs * 2 ** (failures - 1));
      logger.warn("WAKE-UP-LOST", { endpoint, reason, failures, pauseMs });
      reconnect = setTimeout(open, pauseMs);
    };
    opened.on("message", (news: SocketNews) => {
      if (socket !== opened) return;
      if (news.kind === "ended") {
        lost(news.reason);
        return;
      }
      if (news.kind === "subscribed") {
        connectedMs = performance.now();
        logger.info("WAKE-UP-CONNECTED", { endpoint });
        onConnection?.({ endpoint, isConnected: true });
      }
      onBlock();
    });
    opened.on("error", (error) => lost(error.message));
    opened.on("exit", () => lost("its thread ended"));
  }

  open();
  return {
    stop: async () => {
      clearTimeout(reconnect);
      const last = socket;
      socket = undefined;
      await last?.terminate();
    },
  };
}
