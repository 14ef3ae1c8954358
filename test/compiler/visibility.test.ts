/** Visibility as the compiler makes it: what is refused, what the program still shows of private weights, that such circuits prove. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CompileOptions, compile } from "../../compiler/compile.ts";
import { VisibilityError } from "../../compiler/visibility.ts";
import { encodeProgram } from "../../core/encoding.ts";
import { hiddenColumns, layoutOf } from "../../core/layout.ts";
import type { Engine } from "../../kernels/engine.ts";
import { createEngine } from "../../prover/engine.ts";
import { prove } from "../../prover/prove.ts";
import { verify } from "../../verifier/verify.ts";
import { testKey } from "../support/proofs.ts";
import { extremeInputs } from "./support/agreement.ts";
import { buildModel, type TestModel } from "./support/onnx.ts";
import { random } from "./support/random.ts";

const SEED = 5;
const SAMPLES = { inputs: [-1, -0.5, 0, 0.5, 1].map((x) => [[x, -x, x / 2, 0.25]]) };
const SMALL: CompileOptions = { calibration: SAMPLES, activationBits: 6, fineBits: 0, shiftBits: 8 };

/** Sigmoid(x W + b)·scale, of which every array may differ from model to model. */
function denseModel(weights: readonly number[], bias: readonly number[], scale: number): Uint8Array {
  const spec: TestModel = {
    nodes: [
      { op: "Gemm", inputs: ["x", "w", "b"], outputs: ["sum"] },
      { op: "Sigmoid", inputs: ["sum"], outputs: ["act"] },
      { op: "Mul", inputs: ["act", "k"], outputs: ["y"] },
    ],
    inputs: { x: [1, 4] },
    outputs: ["y"],
    constants: {
      w: { shape: [4, 2], data: [...weights] },
      b: { shape: [2], data: [...bias] },
      k: { shape: [], data: [scale] },
    },
  };
  return buildModel(spec);
}

const WEIGHTS = [0.5, -1, 0.25, 0.75, -0.5, 1, 0.125, -0.25];
const MODEL = denseModel(WEIGHTS, [0.5, 0.5], 0.5);

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ threads: 1 });
});
afterAll(() => engine.close());

describe("private weights", () => {
  test("are proven, tables apart from them", () => {
    const { circuit, program } = compile(MODEL, { ...SMALL, weights: "private", fixedColumnLength: 128 });
    const hidden = hiddenColumns(circuit);
    expect(hidden.length).toBeGreaterThan(0);
    expect(hidden.length).toBeLessThan(layoutOf(circuit).fixedColumns);
    const key = testKey(engine, circuit);
    for (const input of extremeInputs(program, random(SEED), 3)) {
      const proof = prove(key, input, new Uint8Array(32));
      expect(() => verify(key.verifyingKey, proof, proof.proof)).not.toThrow();
    }
  });

  test("equal weights have other commitments each time", () => {
    const { circuit } = compile(MODEL, { ...SMALL, weights: "private" });
    const [a, b] = [testKey(engine, circuit), testKey(engine, circuit)].map(({ verifyingKey }) => verifyingKey);
    for (const column of hiddenColumns(circuit))
      expect(a.fixedCommitments[column]).not.toEqual(b.fixedCommitments[column]);
  });

  test("no coefficient and no constant of the program is a weight or bias", () => {
    const { circuit } = compile(MODEL, { ...SMALL, weights: "private" });
    const open = compile(MODEL, SMALL).circuit;
    // The uniform bias and the factor stand in the program of fixed weights.
    expect(open.segments.some(({ constant }) => constant !== 0)).toBe(true);
    for (const { constant, linear, products } of circuit.segments) {
      expect(constant).toBe(0);
      for (const { coef } of [...linear, ...products.flatMap(({ left, right }) => [...left, ...right])])
        expect(coef).toBe(1);
    }
  });

  test("models whose layers reach equally far have one program", () => {
    const swap = (values: readonly number[]): number[] => values.map((_, i) => values[i ^ 1]);
    const programs = [MODEL, denseModel(swap(WEIGHTS), [0.5, 0.5], 0.5)].map((model) =>
      encodeProgram(compile(model, { ...SMALL, weights: "private" }).circuit),
    );
    expect(programs[0]).toBe(programs[1]);
  });
});

describe("refused is", () => {
  test.each<[string, Partial<CompileOptions>]>([
    ["a model whose outputs are all private", { outputVisibility: "private" }],
    ["a choice for an input that is not there", { inputVisibility: { z: "hashed" } }],
    ["a choice for an output that is not there", { outputVisibility: { z: "hashed" } }],
  ])("%s", (_name, options) => {
    expect(() => compile(MODEL, { ...SMALL, ...options })).toThrow(VisibilityError);
  });

  test("private weights of a model without weights", () => {
    const flatten = buildModel({
      nodes: [{ op: "Flatten", inputs: ["x"], outputs: ["y"] }],
      inputs: { x: [1, 4] },
      outputs: ["y"],
    });
    expect(() => compile(flatten, { ...SMALL, weights: "private" })).toThrow(VisibilityError);
  });
});
