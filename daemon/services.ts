/** Loops that run until stopped: a step, a pause, and a longer pause after each failure in a row. */
import type { Logger } from "./logger.ts";

export interface Service {
  readonly name: string;
  /** Failures since the last success. */
  readonly failures: number;
  /** Cuts the pause short. */
  wake(): void;
  /** Resolves when the step under way has ended. */
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly pauseMs: number;
  readonly logger: Logger;
  readonly onFailure?: () => void;
}

const MAX_BACKOFF_MS = 30_000;

export function startService(
  name: string,
  step: (signal: AbortSignal) => Promise<void>,
  { pauseMs, logger, onFailure }: ServiceOptions,
): Service {
  const controller = new AbortController();
  let failures = 0;
  let wakeUp: (() => void) | undefined;
  let woken = false;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (woken || controller.signal.aborted) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function loop(): Promise<void> {
    while (!controller.signal.aborted) {
      woken = false;
      try {
        await step(controller.signal);
        failures = 0;
      } catch (error) {
        if (controller.signal.aborted) return;
        failures++;
        onFailure?.();
        logger.warn("SERVICE-FAILED", { service: name, failures, error });
      }
      await pause(failures === 0 ? pauseMs : Math.min(MAX_BACKOFF_MS, pauseMs * 2 ** Math.min(failures, 10)));
    }
  }

  const ended = loop();
  return {
    name,
    get failures() {
      return failures;
    },
    wake: () => {
      woken = true;
      wakeUp?.();
    },
    stop: () => {
      controller.abort();
      wakeUp?.();
      return ended;
    },
  };
}
