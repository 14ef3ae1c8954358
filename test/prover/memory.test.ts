import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { planLayout } from "../../api/layout-plan.ts";
import { compile } from "../../compiler/compile.ts";
import type { Circuit } from "../../core/circuit.ts";
import { createEngine } from "../../prover/engine.ts";
import { type MemoryPlan, memoryPlan } from "../../prover/memory.ts";
import { PHASES, type Phase } from "../../prover/phases.ts";
import { prove } from "../../prover/prove.ts";
import { memoryCircuit, mixedCircuit, numbers } from "../support/circuits.ts";
import { TEST_TAU, testKey } from "../support/proofs.ts";

const SEED = 5;
/** What the plan may exceed the measured bytes by: short-lived index lists, small vectors, and fewer windows than the most. */
const SLACK = 1.1;
const SLACK_BYTES = 300_000;

interface Measured {
  readonly plan: MemoryPlan;
  /** Bytes of the stack when the key is made. */
  readonly residentBytes: number;
  readonly phaseBytes: Readonly<Record<Phase, number>>;
}

/** What the stack holds during one proof of a key. */
async function measure(
  circuit: Circuit,
  input: readonly number[][],
  threads: number,
  manyProofs = false,
): Promise<Measured> {
  const engine = await createEngine({ threads });
  try {
    const key = testKey(engine, circuit, TEST_TAU, undefined, manyProofs);
    engine.takePeakBytes();
    const residentBytes = engine.takePeakBytes();
    const starts: Phase[] = [];
    const peaks: number[] = [];
    const onPhase = (phase: Phase): void => {
      starts.push(phase);
      peaks.push(engine.takePeakBytes());
    };
    prove(key, input, new Uint8Array(32), { onPhase });
    const ends = [...peaks.slice(1), engine.takePeakBytes()];
    const phaseBytes = Object.fromEntries(starts.map((phase, i) => [phase, ends[i]])) as Record<Phase, number>;
    return { plan: memoryPlan(key.plan, threads, manyProofs), residentBytes, phaseBytes };
  } finally {
    await engine.close();
  }
}

function exampleFile(name: string, base: string): Buffer {
  return readFileSync(new URL(`../../examples/models/${name}/${base}`, import.meta.url));
}

function exampleCircuit(name: string, fixedColumnLength: number, weights: "fixed" | "private"): Circuit {
  return compile(exampleFile(name, "model.onnx"), {
    calibration: JSON.parse(exampleFile(name, "calibration.json").toString()),
    activationBits: 7,
    fineBits: 1,
    shiftBits: 10,
    fixedColumnLength,
    weights,
  }).circuit;
}

const random = numbers(SEED);
const mixedInput = [Array.from({ length: 25 }, () => random(0, 50))];
const zeros = (circuit: Circuit): number[][] => circuit.inputs.map(({ count }) => new Array<number>(count).fill(0));
const cases: Record<string, () => [Circuit, number[][]]> = {
  "one witness column": () => [mixedCircuit({ blocksPerColumn: 4, seed: SEED }), mixedInput],
  "two witness columns": () => [mixedCircuit({ blocksPerColumn: 2, seed: SEED }), mixedInput],
  "four witness columns": () => [mixedCircuit({ blocksPerColumn: 1, seed: SEED }), mixedInput],
  "columns of 2^15": () => [mixedCircuit({ logRows: 13, blocksPerColumn: 4, seed: SEED }), mixedInput],
  "fixed columns longer than the witness": () => [
    mixedCircuit({ blocksPerColumn: 1, fixedColumnLength: 2 ** 15, seed: SEED }),
    mixedInput,
  ],
  "tables that read memory": () => [
    memoryCircuit(),
    [
      [7, -20, 20, 0, -1],
      [0, 4],
    ],
  ],
  "weights in several columns, with factors and without": () => {
    const circuit = exampleCircuit("digits_cnn", 1024, "fixed");
    return [circuit, zeros(circuit)];
  },
  "private weights": () => {
    const circuit = exampleCircuit("digits_mlp", 4096, "private");
    return [circuit, zeros(circuit)];
  },
};

const runs = Object.keys(cases).map((name, index) => [name, 1 + (index % 2)] as const);

const keys = [...runs.map((run) => [...run, false] as const), ["one witness column", 2, true] as const];

test.each(keys)("%s, %i threads, many proofs %s: the plan covers each phase and little more", async (...run) => {
  const [name, threads, manyProofs] = run;
  const { plan, residentBytes, phaseBytes } = await measure(...cases[name](), threads, manyProofs);
  expect(plan.residentBytes).toBeGreaterThanOrEqual(residentBytes);
  expect(plan.residentBytes).toBeLessThanOrEqual(residentBytes + SLACK_BYTES);
  for (const phase of PHASES) {
    expect(plan.phaseBytes[phase], phase).toBeGreaterThanOrEqual(phaseBytes[phase]);
    if (phase === "commit") continue; // the plan does not know how large the integers are
    expect(plan.phaseBytes[phase], phase).toBeLessThanOrEqual(SLACK * phaseBytes[phase] + SLACK_BYTES);
  }
});

function plannedCircuit(name: string, logRows: number): [Circuit, number[][]] {
  const { circuit } = compile(exampleFile(name, "model.onnx"), {
    calibration: JSON.parse(exampleFile(name, "calibration.json").toString()),
    chooseLayout: (layOut) => planLayout(layOut).circuit,
  });
  expect(circuit.logRows).toBe(logRows);
  return [circuit, zeros(circuit)];
}

const bounded: Record<string, () => [Circuit, number[][]]> = {
  "short columns": () => [mixedCircuit({ logRows: 15, blocksPerColumn: 1, seed: SEED }), mixedInput],
  "one long column": () => [mixedCircuit({ logRows: 14, blocksPerColumn: 4, seed: SEED }), mixedInput],
  "digits_mlp as it is planned": () => plannedCircuit("digits_mlp", 12),
  "wine_kmeans as it is planned": () => plannedCircuit("wine_kmeans", 13),
  "lenet5, weights in one long column": () => {
    const circuit = exampleCircuit("lenet5", 2 ** 16, "fixed");
    return [circuit, zeros(circuit)];
  },
};

const bounds = Object.keys(bounded).flatMap((name) => [false, true].map((manyProofs) => [name, manyProofs] as const));

test.each(bounds)("%s, many proofs %s: a proof takes less than 4 times the committed columns", async (...run) => {
  const [name, manyProofs] = run;
  const [circuit, input] = bounded[name]();
  const { plan, residentBytes, phaseBytes } = await measure(circuit, input, 2, manyProofs);
  const held = Math.max(...PHASES.map((phase) => phaseBytes[phase])) - residentBytes;
  expect(plan.committedBytes).toBe(40 * 5 * 2 ** circuit.logRows);
  expect(held).toBeLessThan(4 * plan.committedBytes);
});
