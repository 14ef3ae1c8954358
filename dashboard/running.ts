/** Which proofs run and how far they are, from the daemon's events. */
import type { DaemonEvent } from "../daemon/events.ts";

export interface RunningProof {
  /** A request's, or a direct proof's. */
  readonly id: string;
  readonly phase: string;
  readonly sinceMs: number;
}

const LAST_PHASE = "opening";

/** The running proofs after `event`: a phase starts or advances one, leaving `proving` ends it. */
export function follow(running: readonly RunningProof[], event: DaemonEvent, nowMs: number): readonly RunningProof[] {
  if (event.type === "state" && event.from === "proving") return running.filter(({ id }) => id !== event.requestId);
  if (event.type !== "phase") return running;
  const before = running.find(({ id }) => id === event.id);
  const others = running.filter(({ id, phase }) => id !== event.id && phase !== LAST_PHASE);
  return [...others, { id: event.id, phase: event.phase, sinceMs: before?.sinceMs ?? nowMs }];
}
