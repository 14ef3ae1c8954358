/** Structured logs: one JSON object per line on stderr, each with a stable `code` that alerts can match. */
import { type Logger as PinoLogger, pino } from "pino";
import { GavelError } from "../core/errors.ts";

/** Every code the daemon logs. A code is never reused for another meaning; docs/daemon.md is generated from this table. */
export const LOG_CODES = {
  "DAEMON-START": "the daemon started; its configuration without secrets",
  "DAEMON-READY": "the daemon has caught up with the chain",
  "DAEMON-STOP": "a stop was asked for",
  "DAEMON-STOPPED": "the daemon has stopped",
  "CLOCK-WENT-BACK": "the machine's clock went back; what it left in the future is due now",
  "SERVICE-FAILED": "a service failed and will be run again after a pause",
  "WAKE-UP-CONNECTED": "a websocket announces new blocks",
  "WAKE-UP-LOST": "a websocket ended or was given up; it is opened again after a pause, and polling goes on",
  "WATCH-BACKFILL": "a range of blocks was read",
  "WATCH-REQUEST": "a request was seen",
  "WATCH-REORG": "blocks were replaced; the daemon went back to the last common one",
  "WATCH-DEEP-REORG": "no stored block is on the chain any more; everything is read again",
  "WATCH-GAP": "the market's counter knows requests that no event has shown",
  "WATCH-STALE": "an endpoint is behind what was already read",
  "REQUEST-STATE": "a request changed its state",
  "INPUT-FETCHED": "an input known by its hash was fetched, and has that hash",
  "INPUT-FETCH-FAILED": "a source did not give the input of a request",
  "PROVE-START": "a proof was started",
  "PROVE-REUSED": "a stored proof was found for the request",
  "PROVE-DONE": "a proof was made, verified and stored",
  "PROVE-FAILED": "a proof could not be made",
  "PROVE-CANCELLED": "proving was stopped because its result is no longer wanted",
  "SEND-BATCH": "several settlements are sent in one transaction, because that takes less gas",
  "SEND-LOCK-FAILED": "a request could not be locked",
  "SEND-SIGNED": "a transaction was signed and stored",
  "SEND-BROADCAST": "a transaction was handed to the network",
  "SEND-BUMPED": "a waiting transaction was replaced by one with higher fees",
  "SEND-CANCEL": "a waiting transaction is being replaced by an empty one",
  "SEND-MINED": "a transaction was mined",
  "SEND-REVERTED": "a transaction was mined and reverted",
  "SEND-LOST": "the nonce of a transaction was used by a transaction that is not ours",
  "SEND-REFUSED": "the network refused a transaction",
  "SEND-SIMULATION-FAILED": "a settlement would revert and was not sent",
  "SEND-DRY-RUN": "a settlement would have been sent",
  "BREAKER-OPEN": "too many failures in a row: no new work is taken for a while",
  "BREAKER-CLOSED": "work is taken again",
  "RECONCILE-DRIFT": "a row and the chain disagreed; the row was corrected",
  "REFUND-SWEEP": "expired requests whose fee comes back to this daemon are refunded",
  "BALANCE-LOW": "the sending account cannot pay for many more settlements",
  "CRON-SKIPPED": "a periodic task was not started, because its last run has not ended or its time was missed",
  "CRON-FAILED": "a periodic task failed",
  "RPC-ENDPOINT-DOWN": "an endpoint failed and is avoided for a while",
} as const;

export type LogCode = keyof typeof LOG_CODES;
export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(code: LogCode, fields?: LogFields): void;
  info(code: LogCode, fields?: LogFields): void;
  warn(code: LogCode, fields?: LogFields): void;
  error(code: LogCode, fields?: LogFields): void;
}

export function createLogger(level: string): Logger {
  // Synchronous, so that the lines before a crash are not lost.
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  const at =
    (name: "debug" | "info" | "warn" | "error") =>
    (code: LogCode, fields: LogFields = {}) =>
      write(logger, name, code, fields);
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

function write(logger: PinoLogger, level: "debug" | "info" | "warn" | "error", code: LogCode, fields: LogFields): void {
  if (!logger.isLevelEnabled(level)) return;
  const plain = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plainValue(value)]));
  logger[level]({ code, ...plain }, LOG_CODES[code]);
}

function plainValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!(value instanceof Error)) return value;
  const retryable = value instanceof GavelError ? { retryable: value.retryable } : {};
  return { name: value.name, message: errorText(value), ...retryable };
}

/** One line: viem's messages go on for pages and repeat calldata. */
export function errorText(error: unknown): string {
  const { shortMessage, message } = error as { shortMessage?: string; message?: string };
  const details = (error as { details?: string }).details;
  const text = shortMessage ?? message ?? String(error);
  return (details === undefined || text.includes(details) ? text : `${text} (${details})`).slice(0, 1000);
}
