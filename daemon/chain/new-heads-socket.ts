/**
 * One websocket that announces new blocks, in a thread of its own: ending the thread ends the connection whatever the other side does,
 * and a flood of messages does not hold up the daemon.
 *
 * Asks for the chain, subscribes when it is the right one, and asks again to see whether the other side still answers.
 * What it is told about a block is not looked at: the daemon reads the chain itself.
 */
import { parentPort, workerData } from "node:worker_threads";

export interface SocketSettings {
  readonly url: string;
  readonly chainId: number;
  /** Between two questions to the other side; each must be answered before the next, and the first after a connection is made. */
  readonly checkMs: number;
  /** Least time between two announcements. */
  readonly announceMs: number;
}

export type SocketNews =
  | { readonly kind: "subscribed" }
  /** At least one since the last announcement. */
  | { readonly kind: "block" }
  | { readonly kind: "ended"; readonly reason: string };

/** Between two questions: no chain makes as many blocks in that time. */
const MAX_MESSAGES = 10_000;
const CHAIN_CALL = 1;
const SUBSCRIBE_CALL = 2;

interface Message {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message?: unknown };
  readonly method?: unknown;
  readonly params?: { readonly subscription?: unknown };
}

const { url, chainId, checkMs, announceMs } = workerData as SocketSettings;
const tell = (news: SocketNews): void => parentPort!.postMessage(news);
const socket = new WebSocket(url);
let ended = false;
let isAnswered = true;
let messages = 0;
let subscription: string | undefined;
let announcing: NodeJS.Timeout | undefined;
let announcedMs = Number.NEGATIVE_INFINITY;

function end(reason: string): void {
  if (ended) return;
  ended = true;
  tell({ kind: "ended", reason });
}

function call(id: number, method: string, params: readonly unknown[] = []): void {
  socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
}

function check(): void {
  if (socket.readyState !== WebSocket.OPEN || !isAnswered) {
    end(`no answer within ${checkMs} ms`);
    return;
  }
  isAnswered = false;
  messages = 0;
  call(CHAIN_CALL, "eth_chainId");
}

function announce(): void {
  if (announcing !== undefined) return;
  const waitMs = Math.max(0, announcedMs + announceMs - performance.now());
  announcing = setTimeout(() => {
    announcing = undefined;
    announcedMs = performance.now();
    tell({ kind: "block" });
  }, waitMs);
}

function receive({ id, result, error, method, params }: Message): void {
  if (id === CHAIN_CALL) {
    if (typeof result !== "string" || Number(result) !== chainId) {
      end(`expected chain ${chainId}, got ${result ?? error?.message ?? "no chain"}`);
      return;
    }
    isAnswered = true;
    if (subscription === undefined) call(SUBSCRIBE_CALL, "eth_subscribe", ["newHeads"]);
  } else if (id === SUBSCRIBE_CALL) {
    if (typeof result !== "string") {
      end(`no subscription: ${error?.message ?? "an answer without an id"}`);
      return;
    }
    subscription = result;
    tell({ kind: "subscribed" });
  } else if (method === "eth_subscription" && params?.subscription === subscription) announce();
}

/** Undefined for what is no object in JSON. */
function messageOf(data: unknown): Message | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const checking = setInterval(check, checkMs);
socket.addEventListener("open", () => {
  checking.refresh();
  check();
});
socket.addEventListener("message", ({ data }) => {
  if (ended) return;
  if (++messages > MAX_MESSAGES) {
    end(`more than ${MAX_MESSAGES} messages in ${checkMs} ms`);
    return;
  }
  const message = messageOf(data);
  if (message !== undefined) receive(message);
});
socket.addEventListener("error", (event) => end((event as { message?: string }).message || "the connection failed"));
socket.addEventListener("close", ({ code }) => end(`closed with code ${code}`));
