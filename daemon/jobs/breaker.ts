/** Stops the taking of new work after too many failures in a row, for a while, so that a broken daemon does not take more. */
import type { Logger } from "../logger.ts";

export interface Breaker {
  isOpen(): boolean;
  success(): void;
  failure(what: string): void;
}

export function createBreaker({
  what: kind,
  failures,
  cooldownMs,
  logger,
  now = () => performance.now(),
}: {
  /** For the log. */
  what: string;
  failures: number;
  cooldownMs: number;
  logger: Logger;
  /** Milliseconds by a clock that never jumps. */
  now?: () => number;
}): Breaker {
  let inRow = 0;
  let openUntilMs = 0;
  return {
    isOpen: () => {
      if (openUntilMs !== 0 && now() >= openUntilMs) {
        openUntilMs = 0;
        // One more failure opens it again: whether the fault is gone is not known yet.
        inRow = failures - 1;
        logger.info("BREAKER-CLOSED", { breaker: kind });
      }
      return openUntilMs !== 0;
    },
    success: () => {
      inRow = 0;
    },
    failure: (what) => {
      inRow++;
      if (inRow < failures || openUntilMs !== 0) return;
      openUntilMs = now() + cooldownMs;
      logger.error("BREAKER-OPEN", { breaker: kind, failures: inRow, last: what, cooldownMs });
    },
  };
}
