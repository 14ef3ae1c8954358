/** The planner: preferences change the plan, and what it predicts of gas is what a chain measures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hexToBytes } from "viem";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LayoutPlan, PREFERENCES, planLayout } from "../../api/layout-plan.ts";
import { chooseVerifier, deployVerifier } from "../../api/verifier.ts";
import { compile } from "../../compiler/compile.ts";
import type { Circuit } from "../../core/circuit.ts";
import { createEngine } from "../../prover/engine.ts";
import { prove } from "../../prover/prove.ts";
import { predictGas } from "../../verifier-gen/gas-model.ts";
import { testKey } from "../support/proofs.ts";
import { root } from "../support/source-tree.ts";
import { createVerifierChain, type VerifierChain, verifyCalldata } from "../verifier-gen/chain.ts";

const folder = join(root, "examples/models/digits_mlp");
const calibration = JSON.parse(readFileSync(join(folder, "calibration.json"), "utf8"));

function plan(request: Parameters<typeof planLayout>[2] = {}): { plan: LayoutPlan; circuits: Circuit[] } {
  let found: LayoutPlan | undefined;
  let circuits: Circuit[] = [];
  compile(readFileSync(join(folder, "model.onnx")), {
    name: "digits_mlp",
    calibration,
    chooseLayout: (standing, layOut) => {
      found = planLayout(standing, layOut, request);
      circuits = found.choices.map(layOut);
      return found.circuit;
    },
  });
  return { plan: found as LayoutPlan, circuits };
}

describe("preferences", () => {
  const [gas, time] = PREFERENCES.map((prefer) => plan({ prefer }).plan);

  test("gas takes fewer columns, time shorter ones", () => {
    expect(gas.chosen.witnessColumns).toBeLessThan(time.chosen.witnessColumns);
    expect(gas.chosen.srsPoints).toBeGreaterThan(time.chosen.srsPoints);
    expect(gas.chosen.estimated.gasUsed).toBeLessThan(time.chosen.estimated.gasUsed);
    expect(gas.chosen.estimated.proveMs).toBeGreaterThan(time.chosen.estimated.proveMs);
    for (const { chosen, circuit } of [gas, time]) {
      expect(chosen.onCurve).toBe(true);
      expect(circuit).toMatchObject({
        blocksPerColumn: chosen.blocksPerColumn,
        fixedColumnLength: chosen.fixedColumnLength,
      });
    }
  });

  test("without one, the circuit stays as it stands", () => {
    const { chosen, circuit } = plan().plan;
    expect(circuit.blocksPerColumn).toBe(4);
    expect(chosen.estimated.gasUsed).toBe(gas.chosen.estimated.gasUsed);
  });

  test("given parts of a layout are kept", () => {
    const given = plan({ prefer: "time", layout: { blocksPerColumn: 2 } }).plan.chosen;
    expect(given.blocksPerColumn).toBe(2);
  });

  test("the curve falls in time as it rises in gas, and nothing on it is beaten", () => {
    const curve = gas.choices.filter(({ onCurve }) => onCurve).map(({ estimated }) => estimated);
    expect(curve.length).toBeGreaterThan(2);
    for (let i = 1; i < curve.length; i++) {
      expect(curve[i].gasUsed).toBeGreaterThan(curve[i - 1].gasUsed);
      expect(curve[i].proveMs).toBeLessThan(curve[i - 1].proveMs);
    }
  });
});

describe("measured on a chain", () => {
  let chain: VerifierChain;
  beforeAll(async () => {
    chain = await createVerifierChain();
  });
  afterAll(() => chain.close());

  test("predicted gas is within 2% and orders the layouts as measured", async () => {
    const engine = await createEngine({ threads: 1 });
    const measured: { predictedGas: number; executionGas: number }[] = [];
    for (const circuit of plan().circuits) {
      const key = testKey(engine, circuit);
      const input = circuit.inputs.map((tensor) => new Int32Array(tensor.count));
      const proof = prove(key, input, new Uint8Array(32));
      const { address, codeBytes } = await deployVerifier(await chooseVerifier(key), chain.deploy);
      const paid = await chain.transactionGas(address, proof, proof.proof);
      const calldata = hexToBytes(verifyCalldata(proof, proof.proof));
      const executionGas = paid - 21_000 - calldata.reduce((gas, byte) => gas + (byte === 0 ? 4 : 16), 0);
      const predicted = predictGas(circuit);
      expect(Math.abs(predicted.executionGas / executionGas - 1)).toBeLessThan(0.02);
      expect(Math.abs(predicted.codeBytes / codeBytes - 1)).toBeLessThan(0.1);
      measured.push({ predictedGas: predicted.executionGas, executionGas });
    }
    await engine.close();
    for (const a of measured) {
      for (const b of measured) {
        // Layouts that differ in padding alone differ by less than the model resolves.
        if (b.executionGas - a.executionGas > 1000) expect(b.predictedGas).toBeGreaterThan(a.predictedGas);
      }
    }
  });
});
