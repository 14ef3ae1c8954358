/**
 * Gas and size of both forms of the verifiers of example models, on real proofs with zero knowledge: by section (standalone form), and
 * as whole transactions on the rules of Osaka and of Amsterdam, where a transaction pays at least 64 gas per byte of calldata
 * (EIP-7976). Written to snapshots/verifier-gas.json; a figure above the snapshot fails, as does one above its target.
 * GAVEL_UPDATE_SNAPSHOTS=1 writes the snapshot anew.
 *
 * Masks make some bytes of a proof zero, and zero bytes are cheaper. So that figures are the same on every run, proof bytes count as
 * non-zero: the figures are at most 0.1% above what a transaction pays.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hexToBytes } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { planLayout } from "../../api/layout-plan.ts";
import { packInput } from "../../api/prover.ts";
import { buildUniversalVerifier, chooseVerifier, deployVerifier } from "../../api/verifier.ts";
import { compile } from "../../compiler/compile.ts";
import { unpackTensors } from "../../core/packing.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { type Proof, prove } from "../../prover/prove.ts";
import { testKey } from "../support/proofs.ts";
import { createVerifierChain, type VerifierChain, verifyCalldata } from "./chain.ts";
import { profileSections } from "./profile.ts";

const root = join(import.meta.dirname, "../..");
const file = join(root, "snapshots/verifier-gas.json");
const updates = process.env["GAVEL_UPDATE_SNAPSHOTS"] === "1";

/** Whole transaction and runtime code, zero knowledge on. */
const TARGETS: Readonly<Record<string, { transactionGas: number; runtimeBytes: number }>> = {
  credit_scorecard: { transactionGas: 300_000, runtimeBytes: 20_000 },
  digits_gru: { transactionGas: 340_000, runtimeBytes: 24_576 },
  digits_mlp: { transactionGas: 300_000, runtimeBytes: 20_000 },
  digits_transformer: { transactionGas: 700_000, runtimeBytes: 24_576 },
  lenet5: { transactionGas: 380_000, runtimeBytes: 20_000 },
};

/** Each model is compiled, proven, and its contracts compiled and deployed on two chains. */
const HOOK_TIMEOUT_MS = 600_000;

type Figures = Record<string, number>;

const BASE_GAS = 21_000;
const NON_ZERO_BYTE_GAS = 16;
const ZERO_BYTE_GAS = 4;
/** EIP-7976. */
const FLOOR_BYTE_GAS = 64;

const HARDFORKS = ["osaka", "amsterdam"] as const;
type Hardfork = (typeof HARDFORKS)[number];

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
  const chains = {} as Record<Hardfork, VerifierChain>;
  let engine: Engine;

  beforeAll(async () => {
    for (const hardfork of HARDFORKS) chains[hardfork] = await createVerifierChain(31337, hardfork);
    engine = await createEngine({ threads: 1 });
    const folder = join(root, "examples/models", model);
    const calibration = JSON.parse(readFileSync(join(folder, "calibration.json"), "utf8"));
    const { circuit } = compile(readFileSync(join(folder, "model.onnx")), {
      name: model,
      calibration,
      chooseLayout: (layOut) => planLayout(layOut).circuit,
    });
    const key = testKey(engine, circuit);
    const input = unpackTensors(circuit.inputs, packInput({ circuit }, sampleOf(calibration)));
    const proof = prove(key, input, new Uint8Array(32).fill(0xab));

    const calldata = hexToBytes(verifyCalldata(proof, proof.proof));
    const dense: Proof = { ...proof, proof: proof.proof.map(() => 0xff) };
    const denseGas = BASE_GAS + calldataGas(hexToBytes(verifyCalldata(dense, dense.proof)));
    for (const form of ["standalone", "universal"] as const) {
      const chosen = await chooseVerifier(key, form);
      const prefix = form === "universal" ? "universal " : "";
      for (const hardfork of HARDFORKS) {
        const chain = chains[hardfork];
        const { address, codeBytes } = await deployVerifier(chosen, chain.deploy);
        expect(await chain.outcome(address, proof, proof.proof)).toBe("accepted");
        const paid = await chain.transactionGas(address, proof, proof.proof);
        if (hardfork === "amsterdam") {
          const floor = BASE_GAS + FLOOR_BYTE_GAS * calldata.length;
          figures[`${prefix}amsterdamGas`] = Math.max(floor, figures[`${prefix}transactionGas`]);
          expect(paid).toBeGreaterThanOrEqual(floor);
          expect(paid).toBeLessThanOrEqual(figures[`${prefix}amsterdamGas`]);
          continue;
        }
        const executionGas = paid - BASE_GAS - calldataGas(calldata);
        figures[`${prefix}transactionGas`] = executionGas + denseGas;
        figures[`${prefix}executionGas`] = executionGas;
        figures[`${prefix}${form === "universal" ? "keyBytes" : "runtimeBytes"}`] = codeBytes;
        expect(executionGas + denseGas).toBeGreaterThanOrEqual(paid);
        expect(executionGas + denseGas).toBeLessThan(paid * 1.002);
      }
    }
    figures["proofBytes"] = proof.proof.length;
    for (const { name, gas } of await profileSections(chains.osaka, key.verifyingKey, proof, proof.proof))
      figures[`section ${name}`] = gas;
    if (updates) writeFileSync(file, `${JSON.stringify({ ...readSnapshot(), [model]: figures }, undefined, 2)}\n`);
  }, HOOK_TIMEOUT_MS);
  afterAll(async () => {
    await engine.close();
    for (const hardfork of HARDFORKS) await chains[hardfork].close();
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

test("the universal verifier's code does not grow", async () => {
  const { runtimeBytes } = await buildUniversalVerifier();
  if (updates)
    writeFileSync(file, `${JSON.stringify({ ...readSnapshot(), universal: { runtimeBytes } }, undefined, 2)}\n`);
  expect(runtimeBytes).toBeLessThanOrEqual(readSnapshot()["universal"]["runtimeBytes"]);
});

/** The first calibration sample, by input. */
function sampleOf(calibration: { inputs: unknown }): number[][] {
  const [first] = calibration.inputs as unknown[];
  const flat = (value: unknown): number[] => [value].flat(9).map(Number);
  if (first !== null && typeof first === "object" && !Array.isArray(first)) return Object.values(first).map(flat);
  return [flat(first)];
}
