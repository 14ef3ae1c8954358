/** Proofs that end early: cancelled in each phase, or because a worker thread is gone. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { PHASES, type Phase } from "../../prover/phases.ts";
import { type ProveOptions, prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { verify } from "../../verifier/verify.ts";
import { mixedCircuit, numbers } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";

const SEED = 29;
const random = numbers(SEED);
const input = [Array.from({ length: 25 }, () => random(0, 50))];
const context = new Uint8Array(32);
const cancelled = expect.objectContaining({ name: "Prover.CancelledError", retryable: true });

describe("a proof that is cancelled", () => {
  let engine: Engine;
  let key: ProvingKey;
  beforeAll(async () => {
    engine = await createEngine({ threads: 2 });
    key = testKey(engine, mixedCircuit({ blocksPerColumn: 2, seed: SEED }));
  });
  afterAll(() => engine.close());

  /** Phases that were entered. */
  function cancel(options: (controller: AbortController) => ProveOptions): Phase[] {
    const controller = new AbortController();
    const { onPhase, ...rest } = options(controller);
    const entered: Phase[] = [];
    const mark = engine.mark();
    const attempt = () =>
      prove(key, input, context, {
        ...rest,
        signal: controller.signal,
        onPhase(phase) {
          entered.push(phase);
          onPhase?.(phase);
        },
      });
    expect(attempt).toThrow(cancelled);
    expect(engine.mark()).toBe(mark);
    return entered;
  }

  test("before it starts enters no phase", () => {
    expect(
      cancel((controller) => {
        controller.abort();
        return {};
      }),
    ).toEqual([]);
  });

  test.each(PHASES)("in phase %s enters no later one, frees its memory, and leaves the key usable", (phase) => {
    const entered = cancel((controller) => ({
      onPhase: (now) => {
        if (now === phase) controller.abort();
      },
    }));
    expect(entered).toEqual(PHASES.slice(0, PHASES.indexOf(phase) + 1));
    const proof = prove(key, input, context);
    expect(() => verify(key.verifyingKey, proof, proof.proof)).not.toThrow();
  });

  test("within the opening stops after that step", () => {
    const steps: number[] = [];
    cancel((controller) => ({
      onProgress: (done) => {
        steps.push(done);
        if (done === 3) controller.abort();
      },
    }));
    expect(steps).toEqual([1, 2, 3]);
  });

  test("progress counts up to the total once", () => {
    const steps: [number, number][] = [];
    prove(key, input, context, { onProgress: (done, total) => steps.push([done, total]) });
    expect(steps.length).toBeGreaterThan(3);
    expect(steps).toEqual(steps.map((_, index) => [index + 1, steps.length]));
  });
});

test("a worker thread that is gone ends the proof with an error; another engine makes it", async () => {
  const workers: Worker[] = [];
  const record = (message: unknown): void => {
    workers.push((message as { worker: Worker }).worker);
  };
  subscribe("worker_threads", record);
  const engine = await createEngine({ threads: 2, sharingPaysNs: 1 });
  unsubscribe("worker_threads", record);
  const circuit = mixedCircuit({ seed: SEED });
  const key = testKey(engine, circuit);
  expect(workers).toHaveLength(1);
  await workers[0].terminate();
  const lost = { name: "Kernels.WorkerFailedError", retryable: true, cause: expect.any(Error) };
  expect(() => prove(key, input, context)).toThrow(expect.objectContaining(lost));
  await engine.close();

  const other = await createEngine({ threads: 2, sharingPaysNs: 1 });
  const again = testKey(other, circuit);
  const proof = prove(again, input, context);
  expect(() => verify(again.verifyingKey, proof, proof.proof)).not.toThrow();
  await other.close();
});
