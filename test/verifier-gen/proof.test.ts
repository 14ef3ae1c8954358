/** Real proofs on a chain: honest ones are accepted, every altered one is refused with the error that names why, as in TypeScript. */
import { keccak_256 } from "@noble/hashes/sha3.js";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Q, R } from "../../core/field.ts";
import { decodeProof, encodeProof, proofSections } from "../../core/proof.ts";
import { partWords } from "../../core/schedule.ts";
import type { Statement } from "../../core/statement.ts";
import type { VerifyingKey } from "../../core/verifying-key.ts";
import { createEngine } from "../../prover/engine.ts";
import { type Proof, prove } from "../../prover/prove.ts";
import { verify } from "../../verifier/verify.ts";
import { memoryCircuit, mixedCircuit, numbers, tinyCircuit } from "../support/circuits.ts";
import { testKey } from "../support/proofs.ts";
import { createVerifierChain, errorName, type VerifierChain } from "./chain.ts";
import { formulaKey } from "./circuits.ts";
import { deployForm, FORMS, standaloneCode } from "./forms.ts";

const SEED = 11;
const context = keccak_256(new TextEncoder().encode("context"));

function input(seed: number): number[] {
  const random = numbers(seed);
  return Array.from({ length: 25 }, () => random(0, 50));
}

let chain: VerifierChain;
beforeAll(async () => {
  chain = await createVerifierChain();
});
afterAll(() => chain.close());

describe.each([4, 2, 1] as const)("%i blocks per column", (blocksPerColumn) => {
  test("honest proofs are accepted, with and without zero knowledge, at both ends of the input range", async () => {
    const engine = await createEngine({ threads: 1 });
    try {
      const key = testKey(engine, mixedCircuit({ blocksPerColumn, seed: SEED }));
      const addresses = await Promise.all(FORMS.map((form) => deployForm(chain, key.verifyingKey, form)));
      for (const [values, zeroKnowledge] of [
        [input(SEED), true],
        [input(SEED), false],
        [new Array<number>(25).fill(0), true],
        [new Array<number>(25).fill(50), true],
      ] as const) {
        const proof = prove(key, [values], context, { zeroKnowledge });
        for (const address of addresses) expect(await chain.outcome(address, proof, proof.proof)).toBe("accepted");
      }
    } finally {
      await engine.close();
    }
  });
});

test("reads of memory at indices of the input are accepted, other answers are not", async () => {
  const engine = await createEngine({ threads: 1 });
  try {
    const key = testKey(engine, memoryCircuit());
    const addresses = await Promise.all(FORMS.map((form) => deployForm(chain, key.verifyingKey, form)));
    const proof = prove(
      key,
      [
        [7, -20, 20, 0, -1],
        [4, 2],
      ],
      context,
    );
    const output = Uint8Array.from([256 - 1, 19]);
    for (const address of addresses) {
      expect(await chain.outcome(address, proof, proof.proof)).toBe("accepted");
      expect(await chain.outcome(address, { ...proof, output }, proof.proof)).not.toBe("accepted");
    }
  } finally {
    await engine.close();
  }
});

describe.each(FORMS)("tampering with what the %s form checks", (form) => {
  let key: VerifyingKey;
  let proof: Proof;
  let other: Proof;
  let address: Hex;
  let foreignAddress: Hex;
  beforeAll(async () => {
    const engine = await createEngine({ threads: 1 });
    const provingKey = testKey(engine, mixedCircuit({ seed: SEED }));
    key = provingKey.verifyingKey;
    proof = prove(provingKey, [input(SEED)], context);
    other = prove(provingKey, [input(SEED + 1)], context);
    address = await deployForm(chain, key, form);
    foreignAddress = await deployForm(chain, testKey(engine, mixedCircuit({ seed: SEED + 5 })).verifyingKey, form);
    await engine.close();
  });

  /** Both verifiers refuse; the contract's error is returned. */
  async function refusal(statement: Statement, bytes: Uint8Array, hint?: string): Promise<string> {
    expect(() => verify(key, statement, bytes), hint).toThrow();
    const outcome = await chain.outcome(address, statement, bytes);
    expect(outcome, hint).not.toBe("accepted");
    return outcome;
  }

  const words = (): bigint[] => decodeProof(key.circuit, proof.proof);
  const replaced = (position: number, value: bigint): Uint8Array =>
    encodeProof(words().map((word, i) => (i === position ? value : word)));

  test("every scalar changed by one", async () => {
    for (const { step, part, word } of proofSections(key.circuit).filter((section) => section.part.kind === "scalar")) {
      for (let i = word; i < word + partWords(part); i++) {
        const error = await refusal(proof, replaced(i, (words()[i] + 1n) % R), `${step}, ${part.name}, word ${i}`);
        // Whatever is absorbed before z moves z away from its inverse.
        const beforeZ = !["openings", "batch"].includes(step);
        expect(error, `${step}, ${part.name}`).toBe(beforeZ ? "OpeningHint" : "PairingFailed");
      }
    }
  });

  test("every point replaced by another point of the group", async () => {
    for (const { step, part, word } of proofSections(key.circuit).filter((section) => section.part.kind === "point")) {
      for (let i = word; i < word + partWords(part); i += 2) {
        const changed = words();
        [changed[i], changed[i + 1]] = [1n, 2n];
        const late = ["batch", "tail"].includes(step);
        expect(await refusal(proof, encodeProof(changed), step)).toBe(late ? "PairingFailed" : "OpeningHint");
        [changed[i], changed[i + 1]] = [0n, 0n];
        expect(await refusal(proof, encodeProof(changed), step)).toBe(late ? "PairingFailed" : "OpeningHint");
      }
    }
  });

  test("points off the curve and coordinates at or above q reach no equation", async () => {
    for (const step of ["batch", "tail"]) {
      const { word } = proofSections(key.circuit).find(
        (section) => section.step === step && section.part.kind === "point",
      )!;
      expect(await refusal(proof, replaced(word, (words()[word] + 1n) % Q), step)).toBe("PrecompileFailed");
      expect(await refusal(proof, replaced(word, words()[word] + Q), step)).toBe("PrecompileFailed");
      expect(await refusal(proof, replaced(word + 1, words()[word + 1] + Q), step)).toBe("PrecompileFailed");
    }
  });

  test("every scalar plus r, and the largest word", async () => {
    for (const { step, part, word } of proofSections(key.circuit).filter((section) => section.part.kind === "scalar")) {
      for (let i = word; i < word + partWords(part); i++) {
        expect(await refusal(proof, replaced(i, words()[i] + R), `${step}, ${part.name}`)).toBe("NonCanonicalWord");
        expect(await refusal(proof, replaced(i, 2n ** 256n - 1n), `${step}, ${part.name}`)).toBe("NonCanonicalWord");
      }
    }
  });

  test("sections of another valid proof", async () => {
    const foreign = decodeProof(key.circuit, other.proof);
    for (const { step, part, word } of proofSections(key.circuit)) {
      const mixed = words();
      for (let i = word; i < word + partWords(part); i++) mixed[i] = foreign[i];
      await refusal(proof, encodeProof(mixed), `${step}, ${part.name}`);
    }
    await refusal(other, proof.proof, "whole proof");
  });

  test.each([
    ["a missing word", (bytes: Uint8Array) => bytes.slice(0, -32)],
    ["a missing byte", (bytes: Uint8Array) => bytes.slice(0, -1)],
    ["a word too many", (bytes: Uint8Array) => Uint8Array.from([...bytes, ...new Uint8Array(32)])],
    ["nothing", () => new Uint8Array(0)],
  ])("a proof with %s", async (_name, change) => {
    expect(await refusal(proof, change(proof.proof))).toBe("ProofLength");
  });

  test("input and output of another length", async () => {
    for (const change of [
      (bytes: Uint8Array) => bytes.slice(1),
      (bytes: Uint8Array) => Uint8Array.from([...bytes, 0]),
    ]) {
      expect(await refusal({ ...proof, input: change(proof.input) }, proof.proof)).toBe("InputLength");
      expect(await refusal({ ...proof, output: change(proof.output) }, proof.proof)).toBe("OutputLength");
    }
  });

  test("every bit of the statement is bound", async () => {
    for (const part of ["input", "output", "context"] as const) {
      for (let i = 0; i < proof[part].length; i++) {
        const changed = proof[part].map((byte, position) => (position === i ? byte ^ (1 << (i % 8)) : byte));
        expect(await refusal({ ...proof, [part]: changed }, proof.proof, `${part}, byte ${i}`)).toBe("OpeningHint");
      }
    }
  });

  test("a proof for another key", async () => {
    expect(await chain.outcome(foreignAddress, proof, proof.proof)).toBe("OpeningHint");
  });
});

describe("deployment", () => {
  test("a verifier on a development SRS deploys on development chains only", async () => {
    const insecure = await standaloneCode(formulaKey(tinyCircuit(), 77n, true));
    const secure = await standaloneCode(formulaKey(tinyCircuit(), 77n, false));
    for (const chainId of [31337, 1337]) {
      const development = await createVerifierChain(chainId);
      await development.deploy(insecure);
      await development.close();
    }
    const mainnet = await createVerifierChain(1);
    expect(await mainnet.deploy(insecure).catch(errorName)).toBe("DevelopmentSrs");
    expect(await mainnet.deploy(secure)).toMatch(/^0x/);
    await mainnet.close();
  });

  test("the universal verifier accepts proofs on a development SRS on development chains only", async () => {
    const engine = await createEngine({ threads: 1 });
    const chains = await Promise.all([31337, 1337, 1].map((chainId) => createVerifierChain(chainId)));
    try {
      const key = testKey(engine, tinyCircuit());
      const proof = prove(key, [[1, 2, 3]], context);
      const answers: string[] = [];
      for (const own of chains) {
        const address = await deployForm(own, key.verifyingKey, "universal");
        answers.push(await own.outcome(address, proof, proof.proof));
      }
      expect(answers).toEqual(["accepted", "accepted", "DevelopmentSrs"]);
    } finally {
      for (const own of chains) await own.close();
      await engine.close();
    }
  });
});
