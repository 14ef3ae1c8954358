/** What befalls the prover process: it is killed, hangs, is out of memory, is not wanted any more, gets an input that no proof has. */
import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { saveArtifact } from "../../api/artifact.ts";
import { layoutOf } from "../../core/layout.ts";
import { packTensors } from "../../core/packing.ts";
import { createProverProcess, type ProverProcess } from "../../daemon/proving/process.ts";
import { createEngine } from "../../prover/engine.ts";
import { setup } from "../../prover/setup.ts";
import { createDevelopmentSrs } from "../../srs/development.ts";
import { tinyCircuit } from "../support/circuits.ts";

const NEVER_MS = 2 ** 30;
const circuit = tinyCircuit();
const context = new Uint8Array(32);
const children: ChildProcess[] = [];
let folder: string;
let prover: ProverProcess;

const record = (message: unknown): void => {
  children.push((message as { process: ChildProcess }).process);
};

beforeAll(async () => {
  subscribe("child_process", record);
  folder = await mkdtemp(join(tmpdir(), "gavel-prover-process-"));
  const engine = await createEngine({ threads: 1 });
  const srs = createDevelopmentSrs(engine, layoutOf(circuit).srsCount);
  await saveArtifact(folder, setup(engine, circuit, srs).verifyingKey, srs, {});
  await engine.close();
  prover = createProverProcess({ threads: 1, memoryMb: 4096, modelCacheSize: 1 });
});
afterAll(async () => {
  prover.close();
  unsubscribe("child_process", record);
  await rm(folder, { recursive: true, force: true });
});

interface Options {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onPhase?: (phase: string) => void;
  readonly input?: Uint8Array;
}

const prove = (options: Options = {}, by = prover) => {
  const { input = packTensors(circuit.inputs, [[3, 20, 1]]), timeoutMs = NEVER_MS, signal, onPhase } = options;
  return by.prove(
    { artifact: folder, input, context },
    { timeoutMs, signal: signal ?? new AbortController().signal, ...(onPhase && { onPhase }) },
  );
};
const isMade = async () => (await prove()).proof.length > 0;

/** The process at rest, and stopped: what it is asked from now on it cannot answer, however slow this one is. */
async function stopped(): Promise<ChildProcess> {
  expect(await isMade()).toBe(true);
  const child = children.at(-1)!;
  child.kill("SIGSTOP");
  return child;
}

test("a process that is killed is an error worth another try, and a new one makes the proof", async () => {
  const child = await stopped();
  const given = expect(prove()).rejects.toMatchObject({
    name: "Daemon.ProvingError",
    retryable: true,
    got: "signal SIGKILL",
  });
  child.kill("SIGKILL");
  await given;
  expect(await isMade()).toBe(true);
});

test("one that hangs is ended", async () => {
  const child = await stopped();
  const ended = once(child, "exit");
  const given = prove({ timeoutMs: 200 });
  await expect(given).rejects.toMatchObject({ name: "Daemon.ProvingError", retryable: true });
  await expect(given).rejects.toThrow("took too long");
  expect(await ended).toEqual([null, "SIGKILL"]);
  expect(await isMade()).toBe(true);
});

test("a proof that is not wanted any more is given up, whatever it was at", async () => {
  const controller = new AbortController();
  const given = prove({ signal: controller.signal, onPhase: () => controller.abort() });
  await expect(given).rejects.toMatchObject({ name: "Daemon.ProvingCancelledError" });
  expect(await isMade()).toBe(true);
});

test("an input of the wrong length fails alone, in a process that goes on", async () => {
  const process = children.at(-1);
  await expect(prove({ input: new Uint8Array(2) })).rejects.toMatchObject({ name: "Daemon.ProvingError" });
  expect(await isMade()).toBe(true);
  expect(children.at(-1)).toBe(process);
});

test("more memory than allowed ends the proof, and says which option to raise", async () => {
  const small = createProverProcess({ threads: 1, memoryMb: 40, modelCacheSize: 1 });
  try {
    await expect(prove({}, small)).rejects.toThrow("provingMemoryMb");
  } finally {
    small.close();
  }
});
