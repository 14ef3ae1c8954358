/** The planner: preferences change the plan, and what it predicts of gas is what a chain measures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hexToBytes } from "viem";
import { describe, expect, test } from "vitest";
import { type LayoutChoice, PREFERENCES, planLayout } from "../../api/layout-plan.ts";
import { chooseVerifier, deployVerifier } from "../../api/verifier.ts";
import { compile } from "../../compiler/compile.ts";
import type { SamplesJson } from "../../compiler/samples.ts";
import type { Circuit } from "../../core/circuit.ts";
import type { Engine } from "../../kernels/engine.ts";
import { prove } from "../../prover/prove.ts";
import { predictGas } from "../../verifier-gen/gas-model.ts";
import { buildModel } from "../compiler/support/onnx.ts";
import { floats, random } from "../compiler/support/random.ts";
import { testKey } from "../support/proofs.ts";
import { root } from "../support/source-tree.ts";
import { type VerifierChain, verifyCalldata } from "../verifier-gen/chain.ts";
import { withEngineAndChain } from "../verifier-gen/engine-and-chain.ts";

interface Model {
  readonly bytes: Uint8Array;
  readonly calibration: SamplesJson;
}

function example(name: string): Model {
  const read = (file: string): Buffer => readFileSync(join(root, "examples/models", name, file));
  return { bytes: read("model.onnx"), calibration: JSON.parse(read("calibration.json").toString()) };
}

const SEED = 3;

/** Few rows and many functions, each with a domain of its own: tables decide the size. */
function manyFunctions(): Model {
  const [width, layers] = [64, 6];
  const next = random(SEED);
  const names = Array.from({ length: layers }, (_, i) => i);
  const weights = names.map((i) => {
    const most = 0.6 * (1 + 0.3 * i);
    return [`w${i}`, { shape: [width, width], data: floats(next, width * width, -most, most) }] as const;
  });
  const nodes = names.flatMap((i) => [
    { op: "MatMul", inputs: [i === 0 ? "x" : `y${i - 1}`, `w${i}`], outputs: [`sum${i}`] },
    { op: ["Sigmoid", "Tanh", "Erf", "HardSigmoid"][i % 4], inputs: [`sum${i}`], outputs: [`y${i}`] },
  ]);
  return {
    bytes: buildModel({ inputs: { x: [1, width] }, nodes, constants: Object.fromEntries(weights) }),
    calibration: { inputs: Array.from({ length: 8 }, () => ({ x: [floats(next, width, -1, 1)] })) },
  };
}

type LayOut = Parameters<typeof planLayout>[0];

/** The model's layouts, of bits that are searched once. */
function layoutsOf({ bytes, calibration }: Model): LayOut {
  let found: LayOut | undefined;
  compile(bytes, {
    calibration,
    chooseLayout: (layOut) => {
      found = layOut;
      return layOut({});
    },
  });
  return found as LayOut;
}

const [digits, convolution, functions] = [example("digits_mlp"), example("digits_cnn"), manyFunctions()].map(layoutsOf);

describe("columns", () => {
  const [gas, time] = PREFERENCES.map((prefer) => planLayout(digits, { prefer }));

  test("gas takes fewer, time shorter ones", () => {
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

  test("without a preference, they suit the size of the circuit", () => {
    const { chosen, circuit } = planLayout(digits);
    expect(circuit.blocksPerColumn).toBe(4);
    expect(chosen.estimated.gasUsed).toBe(gas.chosen.estimated.gasUsed);
  });

  test("without a preference, shorter ones are taken where they gain enough", () => {
    const sequence = layoutsOf(example("char_lm"));
    const [chosen, gas] = [planLayout(sequence), planLayout(sequence, { prefer: "gas" })].map((plan) => plan.chosen);
    expect([chosen.blocksPerColumn, gas.blocksPerColumn]).toEqual([2, 4]);
    expect(chosen.estimated.proveMs).toBeLessThan(gas.estimated.proveMs);
  });

  test("given parts of a layout are kept", () => {
    const given = planLayout(digits, { prefer: "time", layout: { blocksPerColumn: 2 } }).chosen;
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

describe("groupings", () => {
  test("a second lookup costs gas and saves time where tables decide the size", () => {
    const [gas, time] = PREFERENCES.map((prefer) => planLayout(functions, { prefer }));
    expect([gas.chosen.lookupDepth, time.chosen.lookupDepth]).toEqual([1, 2]);
    expect(time.chosen.logRows).toBeLessThan(gas.chosen.logRows);
    expect(planLayout(functions, { prefer: "time", layout: { lookupDepth: 1 } }).chosen.lookupDepth).toBe(1);
  });

  test("maxima are copied to rows of their own where the circuit has room", () => {
    const { choices, chosen, circuit } = planLayout(convolution);
    const read = choices.find(({ copiesSums }) => !copiesSums) as LayoutChoice;
    expect(chosen).toMatchObject({ copiesSums: true, logRows: read.logRows, lookupDepth: 1 });
    expect(chosen.estimated.gasUsed).toBeLessThan(read.estimated.gasUsed);
    expect(circuit.segments.length).toBeGreaterThan(0);
    expect(read.onCurve).toBe(false);
  });
});

describe("measured on a chain", () => {
  let chain: VerifierChain;
  let engine: Engine;
  withEngineAndChain((made) => {
    ({ engine, chain } = made);
  });

  async function measure(circuit: Circuit): Promise<{ predictedGas: number; executionGas: number }> {
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
    return { predictedGas: predicted.executionGas, executionGas };
  }

  /** Layouts that differ in padding alone differ by less than the model resolves. */
  const RESOLVED_GAS = 1000;

  test.each([
    { name: "columns", layOut: digits, layout: {} },
    { name: "copied sums", layOut: convolution, layout: { blocksPerColumn: 4, fixedColumnLength: 2 ** 14 } },
    { name: "two lookups", layOut: functions, layout: { blocksPerColumn: 4, fixedColumnLength: 2 ** 15 } },
  ] as const)("$name: predicted gas is near what is paid, and orders the layouts", async ({ layOut, layout }) => {
    const { choices } = planLayout(layOut, { layout });
    expect(choices.length).toBeGreaterThan(1);
    const measured: Awaited<ReturnType<typeof measure>>[] = [];
    for (const choice of choices) measured.push(await measure(layOut(choice)));
    for (const a of measured) {
      for (const b of measured) {
        if (b.executionGas - a.executionGas > RESOLVED_GAS) expect(b.predictedGas).toBeGreaterThan(a.predictedGas);
      }
    }
  });
});
