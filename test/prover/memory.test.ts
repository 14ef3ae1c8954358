import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { memoryPlan } from "../../prover/memory.ts";
import { PHASES, type Phase, prove } from "../../prover/prove.ts";
import { mixedCircuit, numbers } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";

const SEED = 5;
/** What the plan may exceed the measured bytes by: short-lived index lists and rounding to cache lines. */
const SLACK = 1.05;
const SLACK_BYTES = 70_000;

/** An engine that remembers the highest top of its stack after an allocation, by phase. */
function watched(engine: Engine) {
  const highest = new Map<Phase | "setup", number>();
  let phase: Phase | "setup" = "setup";
  const bottom = engine.mark();
  const noting =
    <A extends unknown[], T>(allocate: (...args: A) => T) =>
    (...args: A): T => {
      const result = allocate(...args);
      highest.set(phase, Math.max(highest.get(phase) ?? 0, engine.mark() - bottom));
      return result;
    };
  const { frVec, intVec, points } = engine;
  const noted: Engine = { ...engine, frVec: noting(frVec), intVec: noting(intVec), points: noting(points) };
  return { engine: noted, highest, enter: (next: Phase) => (phase = next) };
}

describe.each([4, 1] as const)("%i blocks per column", (blocksPerColumn) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
  });
  afterAll(() => engine.close());

  test("the plan covers what each phase uses and little more", () => {
    const { engine: noted, highest, enter } = watched(engine);
    const key = testKey(noted, mixedCircuit({ blocksPerColumn, seed: SEED }));
    const random = numbers(SEED);
    const input = Array.from({ length: 25 }, () => random(0, 50));
    prove(key, [input], new Uint8Array(32), { onPhase: enter });
    const plan = memoryPlan(key.plan);
    expect(plan.residentBytes).toBeGreaterThanOrEqual(highest.get("setup") as number);
    for (const phase of PHASES) {
      const used = highest.get(phase);
      if (used === undefined) continue;
      expect(plan.phaseBytes[phase], phase).toBeGreaterThanOrEqual(used);
      expect(plan.phaseBytes[phase], phase).toBeLessThanOrEqual(SLACK * used + SLACK_BYTES);
    }
    expect(plan.peakBytes).toBe(plan.phaseBytes.opening + plan.scratchBytes);
  });
});
