/** The machine's clock, watched by one that never jumps. */

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
