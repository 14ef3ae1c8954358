import { expect, test } from "vitest";
import type { DaemonEvent } from "../../daemon/events.ts";
import { follow, type RunningProof } from "../../dashboard/running.ts";

const phase = (id: string, name: string): DaemonEvent => ({ type: "phase", id, phase: name });
const left = (id: string, to: string): DaemonEvent => ({
  type: "state",
  requestId: id,
  from: "proving",
  to,
  code: null,
});

function after(...events: DaemonEvent[]): readonly RunningProof[] {
  return events.reduce<readonly RunningProof[]>((running, event, index) => follow(running, event, index), []);
}

test("a phase starts a proof and advances it, from when it started", () => {
  expect(after(phase("a", "setup"), phase("a", "commit"))).toEqual([{ id: "a", phase: "commit", sinceMs: 0 }]);
});

test("leaving `proving` ends it, whatever comes next", () => {
  expect(after(phase("a", "commit"), left("a", "proved"))).toEqual([]);
  expect(after(phase("a", "commit"), left("a", "superseded"))).toEqual([]);
  expect(after(phase("a", "commit"), left("b", "proved"))).toHaveLength(1);
});

test("a direct proof, which has no states, ends when the next one starts", () => {
  expect(after(phase("direct", "opening"), phase("b", "setup"))).toEqual([{ id: "b", phase: "setup", sinceMs: 1 }]);
});

test("a reorganization changes nothing", () => {
  expect(after(phase("a", "commit"), { type: "reorg", depth: 2 })).toHaveLength(1);
});
