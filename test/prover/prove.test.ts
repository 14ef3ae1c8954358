import { keccak_256 } from "@noble/hashes/sha3.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { R } from "../../core/field.ts";
import { decodeProof, encodeProof, ProofShapeError, proofSections } from "../../core/proof.ts";
import { partWords } from "../../core/schedule.ts";
import type { Engine } from "../../kernels/engine.ts";
import { checkWitness } from "../../prover/check-witness.ts";
import { createEngine } from "../../prover/engine.ts";
import { type Proof, prove } from "../../prover/prove.ts";
import type { ProvingKey } from "../../prover/setup.ts";
import { computeWitness } from "../../prover/witness.ts";
import { verify } from "../../verifier/verify.ts";
import { mixedCircuit, numbers } from "../support/circuits.ts";
import { TEST_TAU, testKey } from "../support/proofs.ts";

const SEED = 11;
const context = keccak_256(new TextEncoder().encode("context"));

function input(seed = SEED): number[] {
  const random = numbers(seed);
  return Array.from({ length: 25 }, () => random(0, 50));
}

describe.each([4, 2, 1] as const)("%i blocks per column", (blocksPerColumn) => {
  let engine: Engine;
  let key: ProvingKey;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    key = testKey(engine, mixedCircuit({ blocksPerColumn, seed: SEED }));
  });
  afterAll(() => engine.close());

  test("an honest proof verifies, with and without zero knowledge", () => {
    for (const zeroKnowledge of [true, false]) {
      const proof = prove(key, [input()], context, { zeroKnowledge });
      expect(() => verify(key.verifyingKey, proof, proof.proof)).not.toThrow();
    }
  });

  test.each([
    ["smallest", 0],
    ["largest", 50],
  ])("the %s input is proven", (_name, value) => {
    const proof = prove(key, [new Array(25).fill(value)], context);
    expect(() => verify(key.verifyingKey, proof, proof.proof)).not.toThrow();
  });

  test("a key for many proofs makes the same ones", () => {
    const other = testKey(engine, key.plan.circuit, TEST_TAU, [], true);
    const [proof, same] = [key, other].map((of) => prove(of, [input()], context, { zeroKnowledge: false }).proof);
    expect(same).toEqual(proof);
  });

  test("the witness satisfies every constraint", () => {
    expect(checkWitness(key.plan, computeWitness(key.plan, [input()]))).toBeGreaterThan(1000);
  });
});

describe("tampering", () => {
  let engine: Engine;
  let key: ProvingKey;
  let proof: Proof;
  let other: Proof;
  beforeAll(async () => {
    engine = await createEngine({ threads: 1 });
    key = testKey(engine, mixedCircuit({ seed: SEED }));
    proof = prove(key, [input()], context);
    other = prove(key, [input(SEED + 1)], context);
  });
  afterAll(() => engine.close());

  test("one word of every section changed is rejected", () => {
    const words = decodeProof(key.plan.circuit, proof.proof);
    for (const { step, part, word } of proofSections(key.plan.circuit)) {
      const position = word + partWords(part) - 1;
      const changed = words.map((value, i) => (i === position ? (value + 1n) % R : value));
      expect(() => verify(key.verifyingKey, proof, encodeProof(changed)), `${step}, ${part.name}`).toThrow();
    }
  });

  test("a section of another valid proof is rejected", () => {
    const words = decodeProof(key.plan.circuit, proof.proof);
    const foreign = decodeProof(key.plan.circuit, other.proof);
    for (const { step, part, word } of proofSections(key.plan.circuit)) {
      const mixed = words.slice();
      for (let i = word; i < word + partWords(part); i++) mixed[i] = foreign[i];
      expect(() => verify(key.verifyingKey, proof, encodeProof(mixed)), `${step}, ${part.name}`).toThrow();
    }
  });

  test("word + r is not canonical", () => {
    const words = decodeProof(key.plan.circuit, proof.proof);
    for (const { part, word } of proofSections(key.plan.circuit).filter((section) => section.part.kind === "scalar")) {
      const changed = words.map((value, i) => (i === word ? value + R : value));
      expect(() => verify(key.verifyingKey, proof, encodeProof(changed)), part.name).toThrow(ProofShapeError);
    }
  });

  test.each([
    ["truncated", (bytes: Uint8Array) => bytes.slice(0, -32)],
    ["extended", (bytes: Uint8Array) => Uint8Array.from([...bytes, ...new Uint8Array(32)])],
    ["empty", () => new Uint8Array(0)],
  ])("a %s proof has the wrong shape", (_name, change) => {
    expect(() => verify(key.verifyingKey, proof, change(proof.proof))).toThrow(ProofShapeError);
  });

  test("every part of the statement is bound", () => {
    const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte));
    for (const part of ["input", "output", "context"] as const) {
      expect(() => verify(key.verifyingKey, { ...proof, [part]: flip(proof[part]) }, proof.proof), part).toThrow();
    }
  });

  test("a proof for another key is rejected", () => {
    const foreign = testKey(engine, mixedCircuit({ seed: SEED + 5 }));
    expect(() => verify(foreign.verifyingKey, proof, proof.proof)).toThrow();
  });
});
