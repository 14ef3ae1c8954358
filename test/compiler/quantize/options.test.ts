/** Calibration methods, bias correction and accuracy goals, from the samples to a circuit that agrees with its reference. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CALIBRATION_METHODS, QUANTIZATIONS, type QuantizeOptions } from "../../../compiler/3-quantize/options.ts";
import { type CompileOptions, compile } from "../../../compiler/compile.ts";
import { encodeProgram } from "../../../core/encoding.ts";
import { brokenRules, extremeInputs, findDisagreement } from "../support/agreement.ts";
import { buildModel, type TestModel } from "../support/onnx.ts";
import { floats, random } from "../support/random.ts";

const SEED = 90210;
const MODELS = new URL("../../../examples/models/", import.meta.url);
const example = (name: string) => {
  const json = (file: string) => JSON.parse(readFileSync(new URL(`${name}/${file}.json`, MODELS), "utf8"));
  return {
    bytes: readFileSync(new URL(`${name}/model.onnx`, MODELS)),
    options: { name, calibration: json("calibration"), samples: json("samples") },
  };
};

/** Two dense layers whose second subtracts nearly equal numbers: 8 bits in between cost accuracy. */
const CANCELLING: TestModel = {
  inputs: { x: [1, 2] },
  nodes: [
    { op: "Gemm", inputs: ["x", "w1"], outputs: ["a"] },
    { op: "Relu", inputs: ["a"], outputs: ["b"] },
    { op: "Gemm", inputs: ["b", "w2"], outputs: ["y"] },
  ],
  constants: {
    w1: { shape: [2, 3], data: [100, 99, 1, 98, 100, 1] },
    w2: { shape: [3, 1], data: [1, -0.99, 0.5] },
  },
};
const SPREAD = { inputs: Array.from({ length: 40 }, (_, i) => [[((i * 7) % 40) / 40, ((i * 11) % 40) / 40]]) };
const cancelling = (options: Omit<CompileOptions, "calibration">) =>
  compile(buildModel(CANCELLING), { calibration: SPREAD, ...options });

const COMBINATIONS = CALIBRATION_METHODS.flatMap((calibrationMethod) =>
  QUANTIZATIONS.flatMap((quantization) =>
    [false, true].map((biasCorrection): QuantizeOptions => ({ calibrationMethod, quantization, biasCorrection })),
  ),
);
const BITS = { activationBits: 8, fineBits: 1, shiftBits: 11 };

describe.each(COMBINATIONS)("%j", (options) => {
  test("keeps the accuracy of a model, and circuit and reference agree", () => {
    const { bytes, options: samples } = example("credit_scorecard");
    const { circuit, program, report } = compile(bytes, { ...samples, ...BITS, ...options });
    expect(report).toMatchObject(options);
    expect(report.accuracyDrop).toBeLessThanOrEqual(0.01);
    expect(brokenRules(circuit)).toEqual([]);
    const inputs = extremeInputs(program, random(SEED), 3);
    expect(findDisagreement(circuit, program, inputs), `seed ${SEED}`).toBeUndefined();
  });

  const dense = (bias: readonly number[]): TestModel => ({
    inputs: { x: [1, 3] },
    nodes: [
      { op: "Gemm", inputs: ["x", "w", "bias"], outputs: ["a"] },
      { op: "LeakyRelu", inputs: ["a"], outputs: ["b"] },
      { op: "Gemm", inputs: ["b", "v"], outputs: ["y"] },
    ],
    constants: {
      w: { shape: [3, 2], data: [1, -2, 0.5, 1, -1, 0.25] },
      bias: { shape: [2], data: bias },
      v: { shape: [2, 2], data: [1, 0.5, -0.5, 1] },
    },
  });
  const next = random(SEED + 1);

  test.each<[string, readonly number[], readonly unknown[]]>([
    ["ranges that are all negative", [-9, -20], Array.from({ length: 20 }, () => [floats(next, 3, -1, 1)])],
    ["negative inputs only", [1, 1], Array.from({ length: 20 }, () => [floats(next, 3, -3, -1)])],
    ["constant tensors", [1, 2], Array.from({ length: 5 }, () => [[0.5, 0.5, -0.5]])],
    ["tensors of zeros", [0, 0], Array.from({ length: 5 }, () => [[0, 0, 0]])],
    ["a single sample", [0.5, -0.5], [[[0.3, -0.7, 1.1]]]],
  ])("%s compile to a circuit that agrees", (_, bias, inputs) => {
    const { circuit, program, report } = compile(buildModel(dense(bias)), {
      calibration: { inputs },
      ...BITS,
      ...options,
    });
    expect(brokenRules(circuit)).toEqual([]);
    expect(findDisagreement(circuit, program, extremeInputs(program, next, 3)), `seed ${SEED}`).toBeUndefined();
    const spread = Math.max(...report.layers.map(({ range }) => Math.max(Math.abs(range?.lo ?? 0), range?.hi ?? 0)));
    for (const { name, error } of report.layers) expect(error?.largest, name).toBeLessThanOrEqual(0.05 * spread + 1e-9);
  });
});

describe("what calibration refuses", () => {
  const model = buildModel(CANCELLING);

  test.each([
    ["not a number", Number.NaN, "NaN as value 1"],
    ["infinite", Number.NEGATIVE_INFINITY, "-Infinity as value 1"],
    ["missing", null, "null as value 1"],
  ])("a value that is %s", (_, value, got) => {
    const calibration = { inputs: [[[0.1, 0.2]], [[0.1, value]]] };
    expect(() => compile(model, { calibration })).toThrow(
      expect.objectContaining({ name: "Compiler.SamplesError", got, reason: expect.stringContaining("sample 1") }),
    );
  });

  test("sums that overflow", () => {
    expect(() => compile(model, { calibration: { inputs: [[[1e307, 1e307]]] } })).toThrow(
      expect.objectContaining({ name: "Compiler.ValueError" }),
    );
  });

  test.each([
    [{ percentile: 50, calibrationMethod: "percentile" }],
    [{ percentile: 101, calibrationMethod: "percentile" }],
    [{ percentile: Number.NaN, calibrationMethod: "percentile" }],
    [{ percentile: 99 }],
  ] as [QuantizeOptions][])("the options %j", (options) => {
    expect(() => cancelling(options)).toThrow(expect.objectContaining({ name: "Compiler.QuantizeOptionError" }));
  });
});

test("bias correction takes the mean error of coarse weights away", () => {
  const next = random(SEED + 2);
  const inputN = 24;
  const model = buildModel({
    inputs: { x: [1, inputN] },
    nodes: [
      { op: "Gemm", inputs: ["x", "w"], outputs: ["a"] },
      { op: "Relu", inputs: ["a"], outputs: ["y"] },
    ],
    constants: { w: { shape: [inputN, 8], data: floats(next, inputN * 8, 0, 0.01) } },
  });
  const calibration = { inputs: Array.from({ length: 32 }, () => [floats(next, inputN, 3, 4)]) };
  const errorWith = (biasCorrection: boolean) =>
    compile(model, { calibration, activationBits: 10, fineBits: 0, shiftBits: 5, biasCorrection }).report.layers[0]
      .error?.meanSquare as number;
  expect(errorWith(true), `seed ${SEED + 2}`).toBeLessThan(errorWith(false) / 4);
});

test("unrolled copies of a recurrent step keep sharing their weights and biases", () => {
  const { bytes, options } = example("digits_lstm");
  const [plain, corrected] = [false, true].map((biasCorrection) =>
    compile(bytes, { ...options, ...BITS, biasCorrection }),
  );
  expect(corrected.circuit.fixedLength).toBeLessThanOrEqual(plain.circuit.fixedLength + 256);
});

describe("an accuracy goal", () => {
  test("is kept, by more bits for some tensors only, in no larger circuit than a stricter one takes", () => {
    const goals = [50, 20, 0.1].map((maxAccuracyDrop) => ({
      maxAccuracyDrop,
      compiled: cancelling({ maxAccuracyDrop }),
    }));
    for (const { maxAccuracyDrop, compiled } of goals) {
      const { report, circuit, program } = compiled;
      expect(report.metric).toBe("r2");
      expect(report.maxAccuracyDrop).toBe(maxAccuracyDrop);
      expect(report.search?.accuracyDrop).toBeLessThanOrEqual(maxAccuracyDrop / 100);
      expect(report.accuracyDrop).toBeLessThanOrEqual((2 * maxAccuracyDrop) / 100 + 0.005);
      expect(brokenRules(circuit)).toEqual([]);
      expect(findDisagreement(circuit, program, extremeInputs(program, random(SEED), 3))).toBeUndefined();
    }
    const [loose, middle, strict] = goals.map(({ compiled }) => compiled);
    expect(loose.circuit.logRows).toBeLessThanOrEqual(middle.circuit.logRows);
    expect(middle.circuit.logRows).toBeLessThan(strict.circuit.logRows);
    const bitsOf = ({ report }: typeof loose) => [...report.inputs, ...report.layers].map(({ bits }) => bits);
    expect(new Set(bitsOf(middle))).toEqual(new Set([6, 8]));
    expect(bitsOf(strict).filter((bits) => bits === 12).length).toBeGreaterThan(
      bitsOf(middle).filter((bits) => bits === 12).length,
    );
  });

  test("of points counts right answers where there are labels", () => {
    const { bytes, options } = example("iris_svc");
    const lines: string[] = [];
    const { report } = compile(bytes, { ...options, maxAccuracyDrop: 0, progress: (line) => lines.push(line) });
    expect(report.search?.accuracyDrop).toBeLessThanOrEqual(0);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/rows, .* bits.*: accuracy 0\.\d+, drop/);
  });

  test("is reported on samples that the search has not seen", () => {
    const { bytes, options } = example("iris_svc");
    const { inputs, labels } = options.samples;
    const compiled = (samples: typeof options.samples) => compile(bytes, { ...options, samples, maxAccuracyDrop: 1 });
    const before = compiled(options.samples);
    expect((before.report.search?.samples ?? 0) + before.report.samples.count).toBe(inputs.length);
    const wrong = labels.map((label: number, i: number) => (i % 2 === 1 ? (label + 1) % 3 : label));
    const after = compiled({ ...options.samples, labels: wrong });
    expect(encodeProgram(after.circuit)).toBe(encodeProgram(before.circuit));
    expect(after.report.search).toEqual(before.report.search);
    expect(after.report.accuracyFloat).toBeLessThan(0.2);
  });

  test("is reported on all samples where they are few", () => {
    const { bytes, options } = example("iris_svc");
    const samples = { inputs: options.samples.inputs.slice(0, 15), labels: options.samples.labels.slice(0, 15) };
    const { report } = compile(bytes, { ...options, samples, maxAccuracyDrop: 0 });
    expect([report.samples.count, report.search?.samples]).toEqual([15, 15]);
  });

  test("gives the same circuit every time", () => {
    const [first, again] = [0, 1].map(() => cancelling({ maxAccuracyDrop: 1 }).circuit);
    expect(encodeProgram(again)).toBe(encodeProgram(first));
    expect(again.fixed).toEqual(first.fixed);
  });

  test("that nothing keeps is an error that says what was reached", () => {
    expect(() => cancelling({ maxAccuracyDrop: 0 })).toThrow(
      expect.objectContaining({
        name: "Compiler.AccuracyGoalError",
        expected: expect.stringContaining("at most 0 points"),
        got: expect.stringMatching(/a drop of [\d.e-]+ points with .* in 2\^\d+ rows/),
        remedy: expect.any(String),
      }),
    );
  });
});

test("the report has the error of every layer, and counts what tables limited", () => {
  const calibration = { inputs: [[[0.1, 0.2]], [[0.3, 0.1]]] };
  const { report } = compile(buildModel(CANCELLING), { calibration, samples: { inputs: [[[0.1, 0.2]], [[40, 50]]] } });
  for (const { name, error } of report.layers) {
    expect(error?.of, name).toBeGreaterThan(0);
    expect(error?.meanSquare, name).toBeLessThanOrEqual((error?.largest ?? 0) ** 2);
  }
  // Inputs far beyond the calibration samples are limited.
  expect(report.inputs[0].error).toMatchObject({ saturated: 2, of: 4 });
  expect(report.layers[0].error?.signalToNoiseDb).toBeLessThan(10);
});
