/** Tables whose values are witness cells: reads at indices that depend on the input. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CircuitError } from "../../core/circuit-error.ts";
import { validateCircuit } from "../../core/validate.ts";
import type { Engine } from "../../kernels/engine.ts";
import { checkWitness } from "../../prover/check-witness.ts";
import { createEngine } from "../../prover/engine.ts";
import { tableRows } from "../../prover/plan.ts";
import { prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness, type Witness } from "../../prover/witness.ts";
import { verify } from "../../verifier/verify.ts";
import { memoryCircuit } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";

const context = keccak_256(new TextEncoder().encode("context"));
const circuit = memoryCircuit();
const X = [7, -20, 20, 0, -1];
const ROW = circuit.segments[0].start;

describe("reads of memory", () => {
  let engine: Engine;
  let key: ProvingKey;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    key = testKey(engine, circuit);
  });
  afterAll(() => engine.close());

  test.each([
    [0, 4],
    [1, 1],
    [4, 2],
  ])("indices %i and %i are proven, with and without zero knowledge", (...indices) => {
    const witness = computeWitness(key.plan, [X, indices]);
    expect(checkWitness(key.plan, witness)).toBeGreaterThan(400);
    for (const zeroKnowledge of [true, false]) {
      const proof = prove(key, [X, indices], context, { zeroKnowledge });
      expect([...new Int8Array(proof.output)]).toEqual(indices.map((index) => X[index]));
      expect(() => verify(key.verifyingKey, proof, proof.proof)).not.toThrow();
    }
  });

  const cheats: Record<string, (witness: Witness) => void> = {
    "another cell of the memory": (witness) => setValue(witness, X[2]),
    "a value that no cell holds": (witness) => setValue(witness, 13),
    "a cell at another index": (witness) => {
      moveUse(witness, 0, 1);
      witness.q[ROW] = 1;
      setValue(witness, X[1]);
    },
    "a use that is not counted": (witness) => {
      witness.m[tableRows(circuit).activation(2, 0)]--;
    },
    "a memory cell that changes after it is read": (witness) => {
      witness.q[circuit.inputs[0].start] = 8;
    },
  };

  test.each(Object.keys(cheats))("rejected: %s", (name) => {
    const witness = computeWitness(key.plan, [X, [0, 3]]);
    cheats[name](witness);
    const proof = prove(key, [X, [0, 3]], context, { witness });
    expect(() => verify(key.verifyingKey, proof, proof.proof)).toThrow();
  });

  test("a public index outside the memory has no proof", () => {
    expect(() => prove(key, [X, [5, 0]], context)).toThrow(/out of range/);
  });

  function moveUse(witness: Witness, from: number, to: number): void {
    const { activation } = tableRows(circuit);
    witness.m[activation(2, from)]--;
    witness.m[activation(2, to)]++;
  }

  /** The value of the first read, its copy and the uses of the copy. */
  function setValue(witness: Witness, value: number): void {
    const { activation } = tableRows(circuit);
    const copy = circuit.outputs[0].start;
    witness.m[activation(0, witness.q[copy])]--;
    witness.m[activation(0, value)]++;
    witness.y[ROW] = value;
    witness.q[copy] = value;
    witness.y[copy] = value;
  }
});

describe("circuits with memory that are refused", () => {
  const [read, out] = circuit.segments;
  const memory = circuit.tables[2];
  test.each([
    ["memory computed by the segment that reads it", { memory: { block: "q", start: read.start - 4 } }],
    ["memory computed after the segment that reads it", { memory: { block: "y", start: out.start } }],
    ["memory among the masks", { memory: { block: "q", start: circuit.maskRows - 1 } }],
    ["memory and pieces at once", { breaks: [{ at: 0, level: 1, slope: 0 }] }],
  ] as const)("%s", (_name, change) => {
    const tables = circuit.tables.with(2, { ...memory, ...change });
    expect(() => validateCircuit({ ...circuit, tables })).toThrow(CircuitError);
  });

  test("an output among the values that are read", () => {
    const outputs = [{ ...circuit.outputs[0], block: "y" as const, start: read.start, table: 2 }];
    expect(() => validateCircuit({ ...circuit, outputs })).toThrow(CircuitError);
  });

  test("too few masked rows for the value column", () => {
    expect(() => validateCircuit({ ...circuit, maskRows: circuit.maskRows - 1 })).toThrow(/masks/);
  });

  test("the circuit itself is taken", () => {
    expect(() => validateCircuit(circuit)).not.toThrow();
  });
});
