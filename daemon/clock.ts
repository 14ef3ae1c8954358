/** The machine's clock, watched by one that never jumps. */
import type { Clock } from "pg-boss";

const startedMs = Date.now() - performance.now();

/** For pg-boss, whose workers would sleep for as long as a clock goes back while they look for a job. Timers do not follow the clock. */
export const STEADY_CLOCK: Clock = {
  now: () => startedMs + performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setInterval: (run, ms) => setInterval(run, ms),
  clearInterval: (timer) => clearInterval(timer as NodeJS.Timeout),
};

export interface ClockWatch {
  /** Milliseconds by which the clock went back since the last look; 0 when it did not. */
  wentBackMs(): number;
}

/** Less is a clock being adjusted. */
const JUMP_MS = 1000;

export function createClockWatch(
  nowMs: () => number = () => Date.now(),
  elapsedMs: () => number = () => performance.now(),
): ClockWatch {
  let ahead = nowMs() - elapsedMs();
  return {
    wentBackMs: () => {
      const before = ahead;
      ahead = nowMs() - elapsedMs();
      return before - ahead > JUMP_MS ? Math.round(before - ahead) : 0;
    },
  };
}
