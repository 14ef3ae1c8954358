/**
 * Gas and size of the verifiers of example models, on real proofs with zero knowledge, by section and as whole transactions on the
 * Osaka rules. Written to snapshots/verifier-gas.json; a figure above the snapshot fails, as does one above its target.
 * GAVEL_UPDATE_SNAPSHOTS=1 writes the snapshot anew.
 *
 * Masks make some bytes of a proof zero, and zero bytes are cheaper. So that figures are the same on every run, proof bytes count as
 * non-zero: the figures are at most 0.1% above what a transaction pays.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hexToBytes } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packInput } from "../../api/prover.ts";
import { compile } from "../../compiler/compile.ts";
import { unpackTensors } from "../../core/packing.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { type Proof, prove } from "../../prover/prove.ts";
import { compileVerifier } from "../../verifier-gen/compile-solidity.ts";
import { generateVerifier } from "../../verifier-gen/generate.ts";
import { testKey } from "../support/proofs.ts";
import { createVerifierChain, type VerifierChain, verifyCalldata } from "./chain.ts";
import { profileSections } from "./profile.ts";

const root = join(import.meta.dirname, "../..");
const file = join(root, "snapshots/verifier-gas.json");
const updates = process.env["GAVEL_UPDATE_SNAPSHOTS"] === "1";

/** Whole transaction and runtime code, zero knowledge on. */
const TARGETS: Readonly<Record<string, { transactionGas: number; runtimeBytes: number }>> = {
  credit_scorecard: { transactionGas: 300_000, runtimeBytes: 20_000 },
  digits_mlp: { transactionGas: 300_000, runtimeBytes: 20_000 },
  lenet5: { transactionGas: 380_000, runtimeBytes: 20_000 },
};

type Figures = Record<string, number>;

const BASE_GAS = 21_000;
const NON_ZERO_BYTE_GAS = 16;
const ZERO_BYTE_GAS = 4;

function calldataGas(data: Uint8Array): number {
  return data.reduce((gas, byte) => gas + (byte === 0 ? ZERO_BYTE_GAS : NON_ZERO_BYTE_GAS), 0);
}

function readSnapshot(): Record<string, Figures> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (updates) return {};
    throw error;
  }
}

describe.each(Object.keys(TARGETS))("%s", (model) => {
  const figures: Figures = {};
  let chain: VerifierChain;
  let engine: Engine;

  beforeAll(async () => {
    chain = await createVerifierChain();
    engine = await createEngine({ threads: 1 });
    const folder = join(root, "examples/models", model);
    const calibration = JSON.parse(readFileSync(join(folder, "calibration.json"), "utf8"));
    const { circuit } = compile(readFileSync(join(folder, "model.onnx")), { name: model, calibration });
    const key = testKey(engine, circuit);
    const input = unpackTensors(circuit.inputs, packInput({ circuit }, sampleOf(calibration)));
    const proof = prove(key, input, new Uint8Array(32).fill(0xab));

    const { source, contractName } = generateVerifier(key.verifyingKey);
    const { bytecode, runtimeBytes } = await compileVerifier(source, contractName);
    const address = await chain.deploy(bytecode);
    expect(await chain.outcome(address, proof, proof.proof)).toBe("accepted");
    const sections = await profileSections(chain, key.verifyingKey, proof, proof.proof);
    const paid = await chain.transactionGas(address, proof, proof.proof);
    const executionGas = paid - BASE_GAS - calldataGas(hexToBytes(verifyCalldata(proof, proof.proof)));
    const dense: Proof = { ...proof, proof: proof.proof.map(() => 0xff) };
    figures["transactionGas"] = BASE_GAS + executionGas + calldataGas(hexToBytes(verifyCalldata(dense, dense.proof)));
    figures["executionGas"] = executionGas;
    figures["runtimeBytes"] = runtimeBytes;
    figures["proofBytes"] = proof.proof.length;
    for (const { name, gas } of sections) figures[`section ${name}`] = gas;
    expect(figures["transactionGas"]).toBeGreaterThanOrEqual(paid);
    expect(figures["transactionGas"]).toBeLessThan(paid * 1.002);
    if (updates) writeFileSync(file, `${JSON.stringify({ ...readSnapshot(), [model]: figures }, undefined, 2)}\n`);
  });
  afterAll(async () => {
    await engine.close();
    await chain.close();
  });

  test("gas and size stay below their targets", () => {
    expect(figures["transactionGas"]).toBeLessThanOrEqual(TARGETS[model].transactionGas);
    expect(figures["runtimeBytes"]).toBeLessThanOrEqual(TARGETS[model].runtimeBytes);
  });

  test("no figure rises above the snapshot", () => {
    const snapshot = readSnapshot()[model] ?? {};
    const risen = Object.entries(figures).filter(([name, value]) => !(value <= snapshot[name]));
    expect(risen, "lower the cost, or accept it with GAVEL_UPDATE_SNAPSHOTS=1").toEqual([]);
  });
});

/** The first calibration sample, by input. */
function sampleOf(calibration: { inputs: unknown }): number[][] {
  const [first] = calibration.inputs as unknown[];
  const flat = (value: unknown): number[] => [value].flat(9).map(Number);
  if (first !== null && typeof first === "object" && !Array.isArray(first)) return Object.values(first).map(flat);
  return [flat(first)];
}
